// `likeness models check`: does a model pack do on this machine what it should?
//
// The pack runs on two pictures that Likeness ships: NASA's portrait of an astronaut, and a cat. What any pack of its
// task must do is checked (a detector finds the one face and no cat, an embedder knows a face again at half the size),
// which a wrong order of channels or a wrong scaling fails. What the pack's manifest expects ([expected]) is compared
// with what came out, which a damaged engine or another model under the same name fails.
//
// Thread rule: a free function; runs on the calling thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::evaluate {

struct PackFinding {
  std::string what;
  bool is_right = false;
};

struct PackCheck {
  std::vector<PackFinding> findings;
  // The section [expected] of the manifest as it would read if what came out is right; TOML.
  std::string seen;
  bool has_expectations = false;  // whether the manifest has that section
  double milliseconds = 0;        // the median, one thread
  std::string timed;              // what was timed
};

[[nodiscard]] bool is_right(const PackCheck& check);

// `pictures`: a folder with astronaut.png and chelsea.png. `folders`: where the pack's companion is looked for: a mesh
// is checked with the pack "iris", an iris pack with "face_mesh".
// Errors: those of opening the companion, of loading the pack and of reading the pictures.
[[nodiscard]] Result<PackCheck> check_pack(infer::Runtime& runtime, const infer::Pack& pack,
                                           const infer::PackFolders& folders, const std::filesystem::path& pictures);

}  // namespace likeness::evaluate
