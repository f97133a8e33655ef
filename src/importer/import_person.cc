#include "importer/import_person.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
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

struct Picture {
  std::string file;  // below the person's folder
  std::string path;  // below the folder of people
  Digest key{};      // of the journal
};

// A face that the server has and that is nobody's yet, as far as the import knows.
struct Enrolled {
  Picture picture;
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

float area_of(const std::optional<wire::BoundingBox>& box) {
  return box ? box->width.value_or(0) * box->height.value_or(0) : 0;
}

// A face that was passed over and is larger than the one that was taken. Who has a picture of somebody has that person
// in front: the server took another because the one in front is blurred or turned away. What the detector is not sure
// of (LOW_CONFIDENCE) is probably no face.
const wire::UnindexedFace* face_in_front(const wire::IndexFacesResponse& response, const wire::Face& taken) {
  if (!response.unindexed_faces) return nullptr;
  for (const wire::UnindexedFace& passed : *response.unindexed_faces) {
    const bool is_unsure = passed.reasons && std::find(passed.reasons->begin(), passed.reasons->end(),
                                                       wire::Reason::low_confidence) != passed.reasons->end();
    if (!is_unsure && passed.face_detail && area_of(passed.face_detail->bounding_box) > area_of(taken.bounding_box))
      return &passed;
  }
  return nullptr;
}

const wire::UnsuccessfulFaceAssociation* failure_of(const wire::AssociateFacesResponse& response,
                                                    const std::string& face_id) {
  if (!response.unsuccessful_face_associations) return nullptr;
  for (const wire::UnsuccessfulFaceAssociation& failure : *response.unsuccessful_face_associations) {
    if (failure.face_id == face_id) return &failure;
  }
  return nullptr;
}

bool has(const wire::UnsuccessfulFaceAssociation& failure, wire::UnsuccessfulFaceAssociationReason reason) {
  return failure.reasons &&
         std::find(failure.reasons->begin(), failure.reasons->end(), reason) != failure.reasons->end();
}

std::string not_comparable(const wire::UnindexedFace& face) {
  return "the face cannot be compared well: " + names_of(face.reasons) +
         "; take a better picture, or a lower --quality and another --state";
}

class PersonImport {
 public:
  PersonImport(const People& people, const std::string& name, const Target& target, const Tools& tools)
      : folder_(people.root / name), name_(name), user_(user_id_of(name)), target_(target), tools_(tools) {}

  Result<void> run() {
    if (user_ != name_) tools_.report.add_renamed(name_, user_);
    const Result<Pictures> pictures = find_pictures(folder_);
    if (pictures.ok()) {
      for (const LeftOut& left : pictures->left_out) tools_.report.refuse(name_ + '/' + left.path, left.reason);
      for (const std::string& file : pictures->files) TRY(look_at(file));
      TRY(associate());
      TRY(take_waiting());
    } else {
      tools_.report.refuse(name_, "nothing of it was imported: " + pictures.error().message);
    }
    tools_.report.add_person();
    return {};
  }

 private:
  bool has_room() const { return !is_full_ && faces_ + enrolled_.size() < most_faces_of_person; }

  Result<void> look_at(const std::string& file) {
    Picture picture{.file = file, .path = name_ + '/' + file};
    Result<Bytes> bytes = read_picture_file(folder_ / file);
    if (!bytes.ok()) {
      tools_.report.add_seen(false);
      tools_.report.refuse(picture.path, bytes.error().message);
      return {};
    }
    picture.key = picture_key(picture.path, *bytes);
    const std::optional<Entry> before = tools_.journal.find(picture.key);
    tools_.report.add_seen(before && before->outcome != Outcome::enrolled);
    if (!before) return enrol(picture, *std::move(bytes));
    switch (before->outcome) {
      case Outcome::refused: tools_.report.refuse(picture.path, before->detail); break;
      case Outcome::enrolled: enrolled_.push_back({picture, before->detail}); break;
      case Outcome::associated:
        ++faces_;
        tools_.report.add_associated();
        break;
    }
    return {};
  }

  Result<void> enrol(const Picture& picture, Bytes bytes) {
    if (!has_room()) {
      waiting_.push_back(picture);
      return {};
    }
    Result<Bytes> sent = picture_for_api(std::move(bytes));
    if (!sent.ok()) return refuse(picture, sent.error().message);
    wire::IndexFacesRequest request;
    request.collection_id = target_.collection;
    request.image = wire::Image{.bytes = *std::move(sent)};
    request.external_image_id = external_image_id_of(name_, picture.file);
    request.max_faces = 1;
    request.quality_filter = target_.quality;
    const Result<wire::IndexFacesResponse> response =
        tools_.api.call<wire::IndexFacesRequest, wire::IndexFacesResponse>(wire::Operation::index_faces, request);
    if (response.ok()) return take(*response, picture);
    if (!is_about_the_picture(response.error().kind)) return response.error().within(picture.path);
    return refuse(picture, response.error().message);
  }

  // One that was looked at before: its bytes are read anew, and not kept meanwhile.
  Result<void> enrol_now(Picture picture) {
    Result<Bytes> bytes = read_picture_file(folder_ / picture.file);
    if (!bytes.ok()) {
      tools_.report.refuse(picture.path, bytes.error().message);
      return {};
    }
    picture.key = picture_key(picture.path, *bytes);
    return enrol(picture, *std::move(bytes));
  }

  Result<void> take(const wire::IndexFacesResponse& response, const Picture& picture) {
    const std::size_t others = response.unindexed_faces ? response.unindexed_faces->size() : 0;
    if (!response.face_records || response.face_records->empty()) {
      if (others == 0) return refuse(picture, "there is no face in it");
      return refuse(picture, not_comparable(response.unindexed_faces->front()));
    }
    const std::optional<wire::Face>& face = response.face_records->front().face;
    if (!face || !face->face_id) {
      return Error(ErrorKind::malformed, picture.path + ": the server answered without a face id");
    }
    if (const wire::UnindexedFace* front = face_in_front(response, *face)) {
      return take_back({picture, *face->face_id},
                       "of several faces the largest is not taken, and a smaller one may be "
                       "somebody else: " +
                           not_comparable(*front));
    }
    if (others > 0) {
      tools_.report.note(picture.path, "has " + std::to_string(others) + " more faces; the largest was taken");
    }
    enrolled_.push_back({picture, *face->face_id});
    return tools_.journal.add(picture.key, {Outcome::enrolled, *face->face_id}, picture.path);
  }

  // Gives the user the faces that are nobody's.
  Result<void> associate() {
    if (enrolled_.empty()) return {};
    TRY(make_user());
    TRY(associate(std::exchange(enrolled_, {})));
    // A run that was killed while it took a face back, or somebody else, has deleted them.
    const std::vector<Enrolled> gone = std::exchange(gone_, {});
    for (const Enrolled& each : gone) TRY(enrol_now(each.picture));
    TRY(associate(std::exchange(enrolled_, {})));
    for (const Enrolled& each : std::exchange(gone_, {})) {  // not in the journal: the next call tries again
      tools_.report.refuse(each.picture.path, "the face was deleted while it was imported; import again");
    }
    return {};
  }

  Result<void> make_user() {
    wire::CreateUserRequest request;
    request.collection_id = target_.collection;
    request.user_id = user_;
    const Result<wire::CreateUserResponse> made =
        tools_.api.call<wire::CreateUserRequest, wire::CreateUserResponse>(wire::Operation::create_user, request);
    const bool is_there =
        made.ok() || made.error().kind == ErrorKind::conflict || made.error().kind == ErrorKind::already_exists;
    return is_there ? Result<void>() : made.error().within(name_);
  }

  // In groups. One that would give the user too many faces is halved: the user may have some of its faces already, and
  // of the others as many are taken as fit. At most twice as many requests as faces.
  Result<void> associate(const std::vector<Enrolled>& all) {
    std::vector<std::span<const Enrolled>> groups;  // the last one is next
    for (std::size_t end = all.size(); end > 0;) {
      const std::size_t begin = (end - 1) / most_faces_of_request * most_faces_of_request;
      groups.push_back(std::span(all).subspan(begin, end - begin));
      end = begin;
    }
    while (!groups.empty()) {
      const std::span<const Enrolled> group = groups.back();
      groups.pop_back();
      const Result<wire::AssociateFacesResponse> response = ask_for(group);
      if (response.ok()) {
        TRY(settle(*response, group));
      } else if (response.error().kind != ErrorKind::service_quota) {
        return response.error().within(name_);
      } else if (group.size() == 1) {
        is_full_ = true;
        TRY(take_back(group.front(), "the user has too many faces already: " + response.error().message));
      } else {
        groups.push_back(group.subspan(group.size() / 2));
        groups.push_back(group.first(group.size() / 2));
      }
    }
    return {};
  }

  Result<wire::AssociateFacesResponse> ask_for(std::span<const Enrolled> group) {
    wire::AssociateFacesRequest request;
    request.collection_id = target_.collection;
    request.user_id = user_;
    request.face_ids.emplace();
    for (const Enrolled& each : group) request.face_ids->push_back(each.face_id);
    return tools_.api.call<wire::AssociateFacesRequest, wire::AssociateFacesResponse>(wire::Operation::associate_faces,
                                                                                      request);
  }

  Result<void> settle(const wire::AssociateFacesResponse& response, std::span<const Enrolled> group) {
    using Reason = wire::UnsuccessfulFaceAssociationReason;
    for (const Enrolled& each : group) {
      const wire::UnsuccessfulFaceAssociation* failure = failure_of(response, each.face_id);
      if (failure == nullptr) {
        ++faces_;
        tools_.report.add_associated();
        TRY(tools_.journal.add(each.picture.key, {Outcome::associated, each.face_id}, each.picture.path));
      } else if (has(*failure, Reason::associated_to_a_different_user)) {
        // Somebody has moved it there: it is not ours to delete.
        TRY(refuse(each.picture, "the face belongs to another user (" + failure->user_id.value_or("unknown") +
                                     ") already, and stays there"));
      } else if (has(*failure, Reason::face_not_found)) {
        gone_.push_back(each);
      } else {
        TRY(take_back(each, "the face does not look like the person's other pictures: it is probably somebody else"));
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
    return refuse(enrolled.picture, reason);
  }

  // Those that found no room: faces that were refused afterwards have left some.
  Result<void> take_waiting() {
    const std::vector<Picture> waiting = std::exchange(waiting_, {});
    std::size_t next = 0;
    while (next < waiting.size() && has_room()) {
      while (next < waiting.size() && has_room()) TRY(enrol_now(waiting[next++]));
      TRY(associate());
    }
    waiting_.insert(waiting_.end(), waiting.begin() + static_cast<std::ptrdiff_t>(next), waiting.end());
    for (const Picture& picture : waiting_) {
      tools_.report.refuse(picture.path, "a person has at most " + std::to_string(most_faces_of_person) + " faces");
    }
    return {};
  }

  Result<void> refuse(const Picture& picture, const std::string& reason) {
    tools_.report.refuse(picture.path, reason);
    return tools_.journal.add(picture.key, {Outcome::refused, reason}, picture.path);
  }

  const std::filesystem::path folder_;
  const std::string name_;
  const std::string user_;
  const Target& target_;
  const Tools& tools_;
  std::size_t faces_ = 0;           // of this folder's pictures that the user has
  bool is_full_ = false;            // the server gives the user no more
  std::vector<Enrolled> enrolled_;  // to associate
  std::vector<Enrolled> gone_;      // that the server does not have any more
  std::vector<Picture> waiting_;    // for which there was no room
};

}  // namespace

Result<void> import_person(const People& people, const std::string& name, const Target& target, const Tools& tools) {
  return PersonImport(people, name, target, tools).run();
}

}  // namespace likeness::importer
