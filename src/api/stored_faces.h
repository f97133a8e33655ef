// Faces and users as they are kept, in Rekognition's words.
//
// Thread rule: free functions on values.
#pragma once

#include "store/records.h"
#include "wire/rekognition/enums.h"
#include "wire/rekognition/shared.h"

namespace likeness::api {

[[nodiscard]] wire::Face to_face(store::Face face);
[[nodiscard]] wire::UserStatus to_user_status(store::UserStatus status);

}  // namespace likeness::api
