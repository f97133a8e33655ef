// Several embedders as one. Internal to the room.
//
// Thread rule: a free function.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace likeness::embed {

struct Member {
  std::unique_ptr<const Embedder> embedder;
  float weight = 1;  // above 0
};

// The members' unit vectors, each times the root of its share of the weights, one after another: a unit vector again,
// and the cosine of two is the weighted mean of the members' cosines. Its norm is the first member's.
// `manifest`: version, calibration and quality of the whole. Precondition: two members or more.
// Errors: corrupt (the manifest's calibration).
[[nodiscard]] Result<std::unique_ptr<Embedder>> join_embedders(std::vector<Member> members,
                                                               const infer::Manifest& manifest);

}  // namespace likeness::embed
