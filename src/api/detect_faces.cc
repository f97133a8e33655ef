#include "api/detect_faces.h"

#include <vector>

#include "api/face_details.h"
#include "api/image_input.h"

namespace likeness::api {

Result<wire::DetectFacesResponse> detect_faces(const wire::DetectFacesRequest& request, const Services& services) {
  const likeness::Image image = TRY(read_image(*request.image, "image", services));
  const std::vector<pipeline::AnalyzedFace> faces = TRY(services.analyzer.analyze(image, {.describe = true}));
  const AttributeSet attributes(request.attributes.value_or(std::vector<wire::Attribute>()));
  wire::DetectFacesResponse response;
  std::vector<wire::FaceDetail>& details = response.face_details.emplace();
  details.reserve(faces.size());
  for (const pipeline::AnalyzedFace& face : faces) details.push_back(to_face_detail(face, image.size(), attributes));
  return response;
}

}  // namespace likeness::api
