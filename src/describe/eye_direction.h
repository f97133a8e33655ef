// Where the eyes look, relative to the head: from the place of the iris between the corners of the eye.
//
// The eyeball is a sphere whose turning moves the iris by 0.37 sin(angle) widths of the eye: the pupil lies some 10.5
// mm from the centre of rotation and the opening of the lids is some 28.5 mm wide. Straight ahead the iris lies in the
// middle, 0.057 of the width above the line of the corners (median of LFW's frontal faces). Mean of both eyes.
// Yaw tells the sides apart; pitch is hardly better than 0 (docs/attributes.md).
//
// Thread rule: pure functions.
#pragma once

#include <optional>

#include "describe/face_description.h"
#include "image/face_mesh.h"

namespace likeness::describe {

// Confidence is left at 0. Absent if the irises were not looked for.
[[nodiscard]] std::optional<EyeDirection> estimate_eye_direction(const FaceMesh& mesh);

}  // namespace likeness::describe
