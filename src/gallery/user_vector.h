// One vector for a user: the average of the embeddings of the user's faces, of unit length.
//
// The average of unit vectors is the centre of a person's pictures; Frigate and others search by it, and it is at least
// as near to a new picture of the person as most single faces are. (Mean of normalised embeddings: Taigman et al.,
// "Web-scale training for face identification", CVPR 2015, and common in template matching since IJB-A.)
//
// Thread rule: a pure function.
#pragma once

#include <optional>
#include <vector>

namespace likeness::gallery {

// Absent for no embeddings, and for those that cancel each other out. Precondition: all have one dimension.
[[nodiscard]] std::optional<std::vector<float>> user_vector(const std::vector<std::vector<float>>& embeddings);

}  // namespace likeness::gallery
