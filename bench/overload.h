// More load than a server can do: what comes of it, and whether somebody is left without an answer.
//
// First the peak: a closed loop with two connections for each compute thread of the server. Then, for each multiple
// of it, an open loop: requests are due at random times (Poisson) whatever the server does. Goodput is what was
// answered with 200 no later than the deadline after it was due, while requests were still coming (what is answered
// after the last was sent has the server to itself). Generator and server should each have cores of their own
// (tools/overload_bench), or the generator takes what it measures.
#pragma once

#include "load_client.h"

namespace likeness::bench {

// Prints a table.
void measure_overload(const Options& options, const ServerProcess& server);

}  // namespace likeness::bench
