#include "api/associate_faces.h"

#include <utility>
#include <vector>

#include "api/gallery_caller.h"
#include "api/stored_faces.h"
#include "gallery/associations.h"
#include "wire/rekognition/operations.h"

namespace likeness::api {

namespace {

constexpr float least_similarity = 75;  // Rekognition's default UserMatchThreshold of AssociateFaces

wire::UnsuccessfulFaceAssociationReason to_association_reason(gallery::NotAssociated reason) {
  switch (reason) {
    case gallery::NotAssociated::face_not_found: return wire::UnsuccessfulFaceAssociationReason::face_not_found;
    case gallery::NotAssociated::of_another_user:
      return wire::UnsuccessfulFaceAssociationReason::associated_to_a_different_user;
    case gallery::NotAssociated::low_confidence: return wire::UnsuccessfulFaceAssociationReason::low_match_confidence;
  }
  return wire::UnsuccessfulFaceAssociationReason::face_not_found;
}

wire::UnsuccessfulFaceDisassociationReason to_disassociation_reason(gallery::NotAssociated reason) {
  return reason == gallery::NotAssociated::of_another_user
             ? wire::UnsuccessfulFaceDisassociationReason::associated_to_a_different_user
             : wire::UnsuccessfulFaceDisassociationReason::face_not_found;
}

wire::AssociateFacesResponse to_association(const gallery::Association& outcome) {
  wire::AssociateFacesResponse response;
  std::vector<wire::AssociatedFace>& faces = response.associated_faces.emplace();
  for (const std::string& id : outcome.faces) faces.push_back({.face_id = id});
  std::vector<wire::UnsuccessfulFaceAssociation>& failures = response.unsuccessful_face_associations.emplace();
  for (const gallery::UnassociatedFace& face : outcome.failures) {
    failures.push_back({.face_id = face.face_id,
                        .user_id = face.user_id,
                        .confidence = face.confidence,
                        .reasons = std::vector{to_association_reason(face.reason)}});
  }
  response.user_status = to_user_status(outcome.status);
  return response;
}

wire::DisassociateFacesResponse to_disassociation(const gallery::Association& outcome) {
  wire::DisassociateFacesResponse response;
  std::vector<wire::DisassociatedFace>& faces = response.disassociated_faces.emplace();
  for (const std::string& id : outcome.faces) faces.push_back({.face_id = id});
  std::vector<wire::UnsuccessfulFaceDisassociation>& failures = response.unsuccessful_face_disassociations.emplace();
  for (const gallery::UnassociatedFace& face : outcome.failures) {
    failures.push_back({.face_id = face.face_id,
                        .user_id = face.user_id,
                        .reasons = std::vector{to_disassociation_reason(face.reason)}});
  }
  response.user_status = to_user_status(outcome.status);
  return response;
}

}  // namespace

Result<std::string> associate_faces(const wire::AssociateFacesRequest& request, const Services& services,
                                    const Caller& caller) {
  const gallery::Caller asking = gallery_caller(caller);
  return services.idempotent_calls.answer_later(
      wire::Operation::associate_faces, request, asking.scope, to_association, [&](const gallery::OnceFor& once) {
        return services.associations.associate(asking, *request.collection_id, *request.user_id, *request.face_ids,
                                               request.user_match_threshold.value_or(least_similarity), once);
      });
}

Result<std::string> disassociate_faces(const wire::DisassociateFacesRequest& request, const Services& services,
                                       const Caller& caller) {
  const gallery::Caller asking = gallery_caller(caller);
  return services.idempotent_calls.answer_later(
      wire::Operation::disassociate_faces, request, asking.scope, to_disassociation, [&](const gallery::OnceFor& once) {
        return services.associations.disassociate(asking, *request.collection_id, *request.user_id, *request.face_ids,
                                                  once);
      });
}

}  // namespace likeness::api
