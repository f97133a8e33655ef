#include "importer/import_person.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "importer/names.h"
#include "importer/picture_file.h"
#include "wire/rekognition/associate_faces.h"
#include "wire/rekognition/create_user.h"
#include "wire/rekognition/delete_faces.h"
#include "wire/rekognition/index_faces.h"

namespace likeness::importer {

namespace {

// A face that the server has and that is nobody's yet.
struct Enrolled {
  Digest picture{};
  std::string path;
  std::string face_id;
};

// About this picture alone: another may do better.
bool is_about_the_picture(ErrorKind kind) {
  return kind == ErrorKind::invalid_image || kind == ErrorKind::image_too_large || kind == ErrorKind::invalid_argument;
}

template <typename Value>
std::string names_of(const std::optional<std::vector<Value>>& values) {
  std::string text;
  if (!values) return text;
  for (const Value value : *values) text.append(text.empty() ? "" : ", ").append(wire::name(value));
  return text;
}

std::string words_of(const wire::UnsuccessfulFaceAssociation& failure) {
  const auto has = [&](wire::UnsuccessfulFaceAssociationReason reason) {
    return failure.reasons &&
           std::find(failure.reasons->begin(), failure.reasons->end(), reason) != failure.reasons->end();
  };
  if (has(wire::UnsuccessfulFaceAssociationReason::low_match_confidence)) {
    return "the face does not look like the person's other pictures: it is probably somebody else";
  }
  if (has(wire::UnsuccessfulFaceAssociationReason::associated_to_a_different_user)) {
    return "the face belongs to the user " + failure.user_id.value_or("") + " already";
  }
  return "the face was deleted meanwhile; import again";
}

class PersonImport {
 public:
  PersonImport(const People& people, const std::string& name, const Target& target, const Tools& tools)
      : folder_(people.root / name), name_(name), user_(user_id_of(name)), target_(target), tools_(tools) {}

  Result<void> run() {
    tools_.report.add_person();
    const Pictures pictures = TRY(find_pictures(folder_));
    for (const LeftOut& left : pictures.left_out) tools_.report.refuse(name_ + '/' + left.path, left.reason);
    for (const std::string& file : pictures.files) TRY(look_at(file));
    return associate();
  }

 private:
  Result<void> look_at(const std::string& file) {
    const std::string path = name_ + '/' + file;
    Result<Bytes> bytes = read_picture_file(folder_ / file);
    if (!bytes.ok()) {
      tools_.report.add_seen(false);
      tools_.report.refuse(path, bytes.error().message);
      return {};
    }
    const Digest picture = picture_key(path, *bytes);
    const std::optional<Entry> before = tools_.journal.find(picture);
    tools_.report.add_seen(before && before->outcome != Outcome::enrolled);
    if (!before) return enrol(file, path, picture, *std::move(bytes));
    switch (before->outcome) {
      case Outcome::refused: tools_.report.refuse(path, before->detail); break;
      case Outcome::enrolled: enrolled_.push_back({picture, path, before->detail}); break;
      case Outcome::associated:
        ++faces_;
        tools_.report.add_associated();
        break;
    }
    return {};
  }

  Result<void> enrol(const std::string& file, const std::string& path, const Digest& picture, Bytes bytes) {
    if (faces_ + enrolled_.size() >= most_faces_of_person) {
      tools_.report.refuse(path, "a person has at most " + std::to_string(most_faces_of_person) + " faces");
      return {};
    }
    Result<Bytes> sent = picture_for_api(std::move(bytes));
    if (!sent.ok()) return refuse(picture, path, sent.error().message);
    wire::IndexFacesRequest request;
    request.collection_id = target_.collection;
    request.image = wire::Image{.bytes = *std::move(sent)};
    request.external_image_id = external_image_id_of(name_, file);
    request.max_faces = 1;
    request.quality_filter = target_.quality;
    const Result<wire::IndexFacesResponse> response =
        tools_.api.call<wire::IndexFacesRequest, wire::IndexFacesResponse>(wire::Operation::index_faces, request);
    if (!response.ok()) {
      if (!is_about_the_picture(response.error().kind)) return response.error().within(path);
      return refuse(picture, path, response.error().message);
    }
    return take(*response, path, picture);
  }

  Result<void> take(const wire::IndexFacesResponse& response, const std::string& path, const Digest& picture) {
    const std::size_t others = response.unindexed_faces ? response.unindexed_faces->size() : 0;
    if (!response.face_records || response.face_records->empty()) {
      if (others == 0) return refuse(picture, path, "there is no face in it");
      return refuse(picture, path,
                    "the face cannot be compared well: " + names_of(response.unindexed_faces->front().reasons));
    }
    const std::optional<wire::Face>& face = response.face_records->front().face;
    if (!face || !face->face_id) return Error(ErrorKind::malformed, path + ": the server answered without a face id");
    if (others > 0) {
      tools_.report.note(path, "has " + std::to_string(others) + " more faces; the largest was taken");
    }
    enrolled_.push_back({picture, path, *face->face_id});
    return tools_.journal.add(picture, {Outcome::enrolled, *face->face_id}, path);
  }

  Result<void> associate() {
    if (enrolled_.empty()) return {};
    wire::CreateUserRequest made;
    made.collection_id = target_.collection;
    made.user_id = user_;
    const Result<wire::CreateUserResponse> user =
        tools_.api.call<wire::CreateUserRequest, wire::CreateUserResponse>(wire::Operation::create_user, made);
    const bool there =
        user.ok() || user.error().kind == ErrorKind::conflict || user.error().kind == ErrorKind::already_exists;
    if (!there) return user.error().within(name_);
    wire::AssociateFacesRequest request;
    request.collection_id = target_.collection;
    request.user_id = user_;
    request.face_ids.emplace();
    for (const Enrolled& each : enrolled_) request.face_ids->push_back(each.face_id);
    const Result<wire::AssociateFacesResponse> response =
        tools_.api.call<wire::AssociateFacesRequest, wire::AssociateFacesResponse>(wire::Operation::associate_faces,
                                                                                   request);
    if (response.ok()) return settle(*response);
    if (response.error().kind != ErrorKind::service_quota) return response.error().within(name_);
    for (const Enrolled& each : enrolled_) {
      TRY(take_back(each, "the user has too many faces already: " + response.error().message));
    }
    return {};
  }

  Result<void> settle(const wire::AssociateFacesResponse& response) {
    for (const Enrolled& each : enrolled_) {
      const wire::UnsuccessfulFaceAssociation* failed = nullptr;
      if (response.unsuccessful_face_associations) {
        for (const wire::UnsuccessfulFaceAssociation& failure : *response.unsuccessful_face_associations) {
          if (failure.face_id == each.face_id) failed = &failure;
        }
      }
      if (failed != nullptr) {
        TRY(take_back(each, words_of(*failed)));
      } else {
        tools_.report.add_associated();
        TRY(tools_.journal.add(each.picture, {Outcome::associated, each.face_id}, each.path));
      }
    }
    return {};
  }

  // A face that is nobody's would be found by searches without a name: it goes.
  Result<void> take_back(const Enrolled& enrolled, const std::string& reason) {
    wire::DeleteFacesRequest request;
    request.collection_id = target_.collection;
    request.face_ids = {enrolled.face_id};
    (void)TRY(
        (tools_.api.call<wire::DeleteFacesRequest, wire::DeleteFacesResponse>(wire::Operation::delete_faces, request)));
    return refuse(enrolled.picture, enrolled.path, reason);
  }

  Result<void> refuse(const Digest& picture, const std::string& path, const std::string& reason) {
    tools_.report.refuse(path, reason);
    return tools_.journal.add(picture, {Outcome::refused, reason}, path);
  }

  const std::filesystem::path folder_;
  const std::string name_;
  const std::string user_;
  const Target& target_;
  const Tools& tools_;
  std::size_t faces_ = 0;  // that the person has from earlier runs
  std::vector<Enrolled> enrolled_;
};

}  // namespace

Result<void> import_person(const People& people, const std::string& name, const Target& target, const Tools& tools) {
  return PersonImport(people, name, target, tools).run();
}

}  // namespace likeness::importer
