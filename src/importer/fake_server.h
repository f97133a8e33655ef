// A server as far as the importer needs one, in memory: users, faces, and rules of its own for what is refused.
//
// Linked into tests only. Thread rule: thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "importer/api_client.h"
#include "wire/rekognition/associate_faces.h"
#include "wire/rekognition/create_collection.h"
#include "wire/rekognition/create_user.h"
#include "wire/rekognition/delete_faces.h"
#include "wire/rekognition/describe_collection.h"
#include "wire/rekognition/index_faces.h"

namespace likeness::importer {

// Pictures are texts behind the first bytes of a JPEG; what they say is what the server sees in them: "nobody",
// "blurred", "two people", "blurred before another" (a larger face is blurred, a smaller one is good), "broken",
// "stranger"; anything else is a good face.
class FakeServer final : public Transport {
 public:
  static Bytes picture(const std::string& says) {
    const std::string text = "\xFF\xD8\xFF" + says;
    return {text.begin(), text.end()};
  }
  Result<Reply> send(wire::Operation operation, const std::string& body) override {
    const std::lock_guard lock(mutex);
    ++requests;
    if (fail_after >= 0 && requests > fail_after) {
      // The last request may have been done: only its answer is lost.
      if (does_the_last && requests == fail_after + 1) (void)reply_to(operation, body);
      return Error(ErrorKind::unavailable, "no answer");
    }
    if (throttles > 0) {
      --throttles;
      return throttle;
    }
    return reply_to(operation, body);
  }

  std::mutex mutex;
  bool has_collection = true;
  std::chrono::seconds collection_made = std::chrono::seconds(1000);
  int requests = 0;
  int fail_after = -1;  // requests that are answered; -1: all
  bool does_the_last = false;
  int throttles = 0;
  Reply throttle = refusal("ThrottlingException");
  std::size_t most_faces_of_user = 100;
  std::size_t made = 0;                         // faces, ever
  std::map<std::string, std::string> pictures;  // ExternalImageId and the picture's text to face id
  std::map<std::string, std::string> owners;    // face id to user id, or ""
  std::map<std::string, std::string> says;      // face id to its picture's text
  std::set<std::string> users;

 private:
  Reply reply_to(wire::Operation operation, const std::string& body) {
    switch (operation) {
      case wire::Operation::describe_collection: return describe();
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

  template <typename Message>
  static Reply answer(const Message& message) {
    return {200, wire::to_json(message)};
  }
  static Reply refusal(const std::string& code) {
    return {400, R"({"__type":")" + code + R"(","message":"says the server"})"};
  }
  Reply describe() const {
    if (!has_collection) return refusal("ResourceNotFoundException");
    wire::DescribeCollectionResponse response;
    response.creation_timestamp = Time(collection_made);
    return answer(response);
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
    const float side = text == "blurred before another" ? larger : smaller;
    passed.face_detail = wire::FaceDetail{.bounding_box = wire::BoundingBox{.width = side, .height = side}};
    if (text == "blurred before another") {
      passed.reasons = {wire::Reason::low_sharpness};
      response.unindexed_faces->push_back(passed);
    }
    if (text == "blurred") {
      passed.reasons = {wire::Reason::low_sharpness};
      response.unindexed_faces->push_back(passed);
      return answer(response);
    }
    if (text == "two people") {
      passed.reasons = {wire::Reason::exceeds_max_faces};
      response.unindexed_faces->push_back(passed);
    }
    std::string& id = pictures[*request.external_image_id + ' ' + text];
    if (id.empty()) {
      char buffer[37];
      (void)std::snprintf(buffer, sizeof(buffer), "00000000-0000-4000-8000-%012zu", ++made);
      id = buffer;
      owners[id] = "";
      says[id] = text;
    }
    wire::FaceRecord record;
    record.face = wire::Face{.face_id = id, .bounding_box = wire::BoundingBox{.width = middle, .height = middle}};
    response.face_records->push_back(record);
    return answer(response);
  }
  Reply associate(const wire::AssociateFacesRequest& request) {
    wire::AssociateFacesResponse response;
    response.associated_faces.emplace();
    response.unsuccessful_face_associations.emplace();
    std::vector<std::string> moves;
    for (const std::string& id : *request.face_ids) {
      const auto owner = owners.find(id);
      if (owner == owners.end()) {
        fail(response, id, wire::UnsuccessfulFaceAssociationReason::face_not_found);
      } else if (owner->second == *request.user_id) {
        response.associated_faces->push_back({.face_id = id});
      } else if (!owner->second.empty()) {
        fail(response, id, wire::UnsuccessfulFaceAssociationReason::associated_to_a_different_user);
      } else if (says[id] == "stranger") {
        fail(response, id, wire::UnsuccessfulFaceAssociationReason::low_match_confidence);
      } else {
        moves.push_back(id);
        response.associated_faces->push_back({.face_id = id});
      }
    }
    const auto own = std::count_if(owners.begin(), owners.end(),
                                   [&](const auto& owner) { return owner.second == *request.user_id; });
    if (static_cast<std::size_t>(own) + moves.size() > most_faces_of_user) {
      return refusal("ServiceQuotaExceededException");
    }
    for (const std::string& id : moves) owners[id] = *request.user_id;
    return answer(response);
  }
  static void fail(wire::AssociateFacesResponse& response, const std::string& id,
                   wire::UnsuccessfulFaceAssociationReason reason) {
    wire::UnsuccessfulFaceAssociation failure;
    failure.face_id = id;
    failure.reasons = {reason};
    response.unsuccessful_face_associations->push_back(failure);
  }
  Reply remove(const wire::DeleteFacesRequest& request) {
    for (const std::string& id : *request.face_ids) {
      owners.erase(id);
      std::erase_if(pictures, [&](const auto& entry) { return entry.second == id; });
    }
    return answer(wire::DeleteFacesResponse());
  }

  // Sides of faces' boxes, as shares of the picture's.
  static constexpr float smaller = 0.1F;
  static constexpr float middle = 0.2F;
  static constexpr float larger = 0.4F;
};

}  // namespace likeness::importer
