// The similarity (rotation, uniform scale, translation; no mirroring) that fits point pairs best.
//
// Thread rule: a pure function.
#pragma once

#include <optional>
#include <span>

#include "image/geometry.h"

namespace likeness {

// Minimises the sum of squared distances between the mapped `from` and `to`, in closed form: S. Umeyama, "Least-squares
// estimation of transformation parameters between two point patterns", 1991, for two dimensions without reflection.
// None if the points give no scale (all of one side coincide, or a value is not finite), so that a result can always be
// inverted. Precondition: as many points on both sides, at least two.
[[nodiscard]] std::optional<Affine> similarity_transform(std::span<const Point> from, std::span<const Point> to);

}  // namespace likeness
