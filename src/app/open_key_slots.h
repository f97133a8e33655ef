// The file of face keys, opened with what the master key gives for it.
//
// Thread rule: a free function.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "base/sealing.h"
#include "gallery/key_slots.h"

namespace likeness::app {

inline constexpr const char* face_keys_name = "face-keys";  // in the data folder

// The purpose never changes: what was sealed under it would be lost. Errors: those of gallery::KeySlots::open.
[[nodiscard]] inline Result<std::unique_ptr<gallery::KeySlots>> open_key_slots(const std::filesystem::path& file,
                                                                               const MasterKey& master) {
  return gallery::KeySlots::open(file, master.derive("face keys"));
}

}  // namespace likeness::app
