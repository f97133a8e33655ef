#include "api/stored_faces.h"

#include <utility>

namespace likeness::api {

wire::Face to_face(store::Face face) {
  wire::Face wire;
  wire.face_id = std::move(face.id);
  wire.bounding_box = wire::BoundingBox{.width = static_cast<float>(face.box_width),
                                        .height = static_cast<float>(face.box_height),
                                        .left = static_cast<float>(face.box_left),
                                        .top = static_cast<float>(face.box_top)};
  wire.image_id = std::move(face.image_id);
  wire.external_image_id = std::move(face.external_image_id);
  wire.confidence = static_cast<float>(face.confidence);
  wire.index_faces_model_version = std::move(face.face_model_version);
  wire.user_id = std::move(face.user_id);
  return wire;
}

wire::UserStatus to_user_status(store::UserStatus status) {
  switch (status) {
    case store::UserStatus::creating: return wire::UserStatus::creating;
    case store::UserStatus::active: return wire::UserStatus::active;
    case store::UserStatus::updating: return wire::UserStatus::updating;
    case store::UserStatus::created: return wire::UserStatus::created;
  }
  return wire::UserStatus::updating;
}

}  // namespace likeness::api
