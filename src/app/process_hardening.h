// What the process does to itself so that its memory stays its own: keys and pictures are in it.
//
// Thread rule: called from main() before any other thread exists.
#pragma once

namespace likeness::app {

// No core dump is written, whatever the system's limits say (RLIMIT_CORE, also the hard limit), and no other process
// of the same user can read this one's memory or attach to it (PR_SET_DUMPABLE, prctl(2)). Files made from now on are
// their owner's alone (umask). With AddressSanitizer the process stays attachable: its leak check attaches to it.
void keep_memory_private();

// Overwrites the variable's value where the system put it, which /proc/PID/environ shows, and removes the variable.
void forget_variable(const char* name);

}  // namespace likeness::app
