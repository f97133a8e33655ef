#include "api/index_faces.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "api/face_details.h"
#include "api/gallery_caller.h"
#include "api/image_input.h"
#include "api/quality_filter.h"
#include "api/stored_faces.h"
#include "gallery/faces.h"

namespace likeness::api {

namespace {

constexpr std::int32_t most_faces = 100;  // Rekognition: of one picture, whatever MaxFaces says

}  // namespace

Result<wire::IndexFacesResponse> index_faces(const wire::IndexFacesRequest& request, const Services& services,
                                             const Caller& caller) {
  const gallery::Caller asking = gallery_caller(caller);
  // Before the picture is fetched: who names a collection that is not there gets that answer at once.
  (void)TRY(services.collections.get(asking.scope, *request.collection_id));
  const PictureBytes bytes = TRY(fetch_picture(*request.image, "image", services));
  const likeness::Image picture = TRY(decode_picture(bytes));
  gallery::Enrolment enrolment{.picture = bytes.bytes(), .image = picture};
  enrolment.external_image_id = request.external_image_id;
  enrolment.max_faces = static_cast<std::size_t>(std::min(request.max_faces.value_or(most_faces), most_faces));
  enrolment.quality_bar = to_quality_bar(request.quality_filter, gallery::QualityBar::automatic);
  gallery::Enrolled enrolled = TRY(services.faces.enrol(asking, *request.collection_id, enrolment));

  const AttributeSet attributes(request.detection_attributes.value_or(std::vector<wire::Attribute>()));
  wire::IndexFacesResponse response;
  std::vector<wire::FaceRecord>& records = response.face_records.emplace();
  for (gallery::EnrolledFace& face : enrolled.enrolled) {
    records.push_back(
        {.face = to_face(std::move(face.face)), .face_detail = to_face_detail(face.seen, picture.size(), attributes)});
  }
  std::vector<wire::UnindexedFace>& unindexed = response.unindexed_faces.emplace();
  for (const gallery::PassedOver& face : enrolled.unenrolled) {
    unindexed.push_back(
        {.reasons = to_reasons(face.reasons), .face_detail = to_face_detail(face.seen, picture.size(), attributes)});
  }
  response.face_model_version = std::move(enrolled.face_model_version);
  return response;
}

}  // namespace likeness::api
