// Faces as the pipeline sees them, in Rekognition's words.
//
// Thread rule: free functions on values.
#pragma once

#include <span>

#include "image/geometry.h"
#include "pipeline/analyze_image.h"
#include "wire/rekognition/shared.h"

namespace likeness::api {

// Which of the optional attributes a client asked for: ALL, or each by its name. DEFAULT's are always there.
class AttributeSet {
 public:
  explicit AttributeSet(std::span<const wire::Attribute> asked);
  [[nodiscard]] bool has(wire::Attribute attribute) const;

 private:
  std::uint32_t bits_ = 0;  // one for each value of wire::Attribute
};

[[nodiscard]] wire::BoundingBox to_bounding_box(const UnitRect& box);

// `picture` is the size of the picture that was analysed. Precondition for both: the face has a description.
[[nodiscard]] wire::FaceDetail to_face_detail(const pipeline::AnalyzedFace& face, Size picture,
                                              AttributeSet attributes);
// With the five landmarks that Rekognition gives for compared faces.
[[nodiscard]] wire::ComparedFace to_compared_face(const pipeline::AnalyzedFace& face, Size picture);

}  // namespace likeness::api
