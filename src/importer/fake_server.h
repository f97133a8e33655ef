// A server as far as the importer needs one, in memory: users, faces, and rules of its own for what is refused.
//
// Linked into tests only. Thread rule: thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "importer/api_client.h"
#include "wire/rekognition/associate_faces.h"
#include "wire/rekognition/create_collection.h"
#include "wire/rekognition/create_user.h"
#include "wire/rekognition/delete_faces.h"
#include "wire/rekognition/describe_collection.h"
#include "wire/rekognition/index_faces.h"

namespace likeness::importer {

// Pictures are texts behind the first bytes of a JPEG; what they say is what the server sees in them: "nobody",
// "blurred", "two people", "broken", "stranger"; anything else is a good face.
class FakeServer final : public Transport {
 public:
  static Bytes picture(const std::string& says) {
    const std::string text = "\xFF\xD8\xFF" + says;
    return {text.begin(), text.end()};
  }
  Result<Reply> send(wire::Operation operation, const std::string& body) override {
    const std::lock_guard lock(mutex);
    ++requests;
    if (fail_after >= 0 && requests > fail_after) return Error(ErrorKind::unavailable, "no answer");
    if (throttles > 0) {
      --throttles;
      return refusal("ThrottlingException");
    }
    switch (operation) {
      case wire::Operation::describe_collection:
        return has_collection ? answer(wire::DescribeCollectionResponse()) : refusal("ResourceNotFoundException");
      case wire::Operation::create_collection:
        if (has_collection) return refusal("ResourceAlreadyExistsException");
        has_collection = true;
        return answer(wire::CreateCollectionResponse());
      case wire::Operation::create_user: return create(wire::parse<wire::CreateUserRequest>(body).value());
      case wire::Operation::index_faces: return index(wire::parse<wire::IndexFacesRequest>(body).value());
      case wire::Operation::associate_faces: return associate(wire::parse<wire::AssociateFacesRequest>(body).value());
      case wire::Operation::delete_faces: return remove(wire::parse<wire::DeleteFacesRequest>(body).value());
      default: return refusal("UnknownOperationException");
    }
  }

  std::mutex mutex;
  bool has_collection = true;
  int requests = 0;
  int fail_after = -1;  // requests that are answered; -1: all
  int throttles = 0;
  std::size_t made = 0;                         // faces, ever
  std::map<std::string, std::string> pictures;  // ExternalImageId to face id
  std::map<std::string, std::string> owners;    // face id to user id, or ""
  std::map<std::string, std::string> says;      // face id to its picture's text
  std::set<std::string> users;

 private:
  template <typename Message>
  static Reply answer(const Message& message) {
    return {200, wire::to_json(message)};
  }
  static Reply refusal(const std::string& code) {
    return {400, R"({"__type":")" + code + R"(","message":"says the server"})"};
  }
  Reply create(const wire::CreateUserRequest& request) {
    if (!users.insert(*request.user_id).second) return refusal("ConflictException");
    return answer(wire::CreateUserResponse());
  }
  Reply index(const wire::IndexFacesRequest& request) {
    const Bytes& bytes = *request.image->bytes;
    const std::string text(bytes.begin() + 3, bytes.end());
    wire::IndexFacesResponse response;
    response.face_records.emplace();
    response.unindexed_faces.emplace();
    if (text == "broken") return refusal("InvalidImageFormatException");
    if (text == "nobody") return answer(response);
    wire::UnindexedFace passed;
    if (text == "blurred") {
      passed.reasons = {wire::Reason::low_sharpness};
      response.unindexed_faces->push_back(passed);
      return answer(response);
    }
    if (text == "two people") {
      passed.reasons = {wire::Reason::exceeds_max_faces};
      response.unindexed_faces->push_back(passed);
    }
    std::string& id = pictures[*request.external_image_id];
    if (id.empty()) {
      char buffer[37];
      (void)std::snprintf(buffer, sizeof(buffer), "00000000-0000-4000-8000-%012zu", ++made);
      id = buffer;
      owners[id] = "";
      says[id] = text;
    }
    wire::FaceRecord record;
    record.face = wire::Face{.face_id = id};
    response.face_records->push_back(record);
    return answer(response);
  }
  Reply associate(const wire::AssociateFacesRequest& request) {
    wire::AssociateFacesResponse response;
    response.associated_faces.emplace();
    response.unsuccessful_face_associations.emplace();
    for (const std::string& id : *request.face_ids) {
      if (owners.contains(id) && says[id] != "stranger") {
        owners[id] = *request.user_id;
        response.associated_faces->push_back({.face_id = id});
      } else {
        wire::UnsuccessfulFaceAssociation failure;
        failure.face_id = id;
        failure.reasons = {owners.contains(id) ? wire::UnsuccessfulFaceAssociationReason::low_match_confidence
                                               : wire::UnsuccessfulFaceAssociationReason::face_not_found};
        response.unsuccessful_face_associations->push_back(failure);
      }
    }
    return answer(response);
  }
  Reply remove(const wire::DeleteFacesRequest& request) {
    for (const std::string& id : *request.face_ids) {
      owners.erase(id);
      std::erase_if(pictures, [&](const auto& entry) { return entry.second == id; });
    }
    return answer(wire::DeleteFacesResponse());
  }
};

}  // namespace likeness::importer
