#include "importer/reindex.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "importer/collection.h"
#include "importer/picture_file.h"
#include "importer/picture_names.h"
#include "wire/rekognition/associate_faces.h"
#include "wire/rekognition/create_user.h"
#include "wire/rekognition/delete_faces.h"
#include "wire/rekognition/index_faces.h"
#include "wire/rekognition/list_faces.h"
#include "wire/rekognition/list_rejections.h"
#include "wire/rekognition/list_users.h"
#include "wire/rekognition/reject_match.h"

namespace likeness::importer {

namespace {

constexpr int page = 1000;                         // of listings
constexpr std::size_t faces_of_association = 100;  // of one request
constexpr float least_overlap = 0.5F;              // of the boxes of one face; two faces of a picture never overlap so

struct OldFace {
  std::string id;
  std::string user;  // empty: nobody's
  wire::BoundingBox box;
};

// The faces of one picture.
struct OldPicture {
  std::string external_image_id;
  std::vector<OldFace> faces;
};

float overlap(const wire::BoundingBox& a, const wire::BoundingBox& b) {
  const auto edge = [](const std::optional<float>& value) { return value.value_or(0); };
  const float width =
      std::min(edge(a.left) + edge(a.width), edge(b.left) + edge(b.width)) - std::max(edge(a.left), edge(b.left));
  const float height =
      std::min(edge(a.top) + edge(a.height), edge(b.top) + edge(b.height)) - std::max(edge(a.top), edge(b.top));
  if (!(width > 0) || !(height > 0)) return 0;
  const float both = width * height;
  return both / (edge(a.width) * edge(a.height) + edge(b.width) * edge(b.height) - both);
}

class Reindexing {
 public:
  Reindexing(ApiClient& api, const ReindexOptions& options, Report& report,
             const std::function<void(const ReindexCounts&)>& progress)
      : api_(api), options_(options), report_(report), progress_(progress) {}

  Result<ReindexCounts> run() {
    const PictureNames names = TRY(PictureNames::read(options_.pictures, most_reindexed_files));
    TRY(read_faces());
    (void)TRY(prepare_collection(api_, options_.into, true));
    for (const auto& [image_id, picture] : pictures_) {
      TRY(remake(names, picture));
      if (progress_) progress_(counts_);
    }
    TRY(remake_users());
    TRY(carry_rejections());
    return counts_;
  }

 private:
  template <typename Response, typename Request>
  Result<Response> call(wire::Operation operation, const Request& request) {
    return api_.call<Request, Response>(operation, request);
  }

  Result<void> read_faces() {
    wire::ListFacesRequest request;
    request.collection_id = options_.from;
    request.max_results = page;
    do {
      wire::ListFacesResponse response = TRY(call<wire::ListFacesResponse>(wire::Operation::list_faces, request));
      if (response.faces) {
        for (const wire::Face& face : *response.faces) add(face);
      }
      if (counts_.faces > most_reindexed_faces) {
        return Error(ErrorKind::limit_exceeded, "The collection id: " + options_.from + " has more than " +
                                                    std::to_string(most_reindexed_faces) + " faces");
      }
      request.next_token = std::move(response.next_token);
    } while (request.next_token);
    return {};
  }

  void add(const wire::Face& face) {
    ++counts_.faces;
    const std::string id = face.face_id.value_or("");
    if (!face.external_image_id) {
      report_.refuse(id, "the face has no ExternalImageId, so nothing says which picture it was in");
      return;
    }
    OldPicture& picture = pictures_[face.image_id.value_or("")];
    picture.external_image_id = *face.external_image_id;
    picture.faces.push_back({id, face.user_id.value_or(""), face.bounding_box.value_or(wire::BoundingBox())});
  }

  Result<void> remake(const PictureNames& names, const OldPicture& picture) {
    ++counts_.pictures;
    const std::string& id = picture.external_image_id;
    const Result<std::string> file = names.find(id);
    if (!file.ok()) return refuse(id, file.error());
    Result<Bytes> bytes = read_picture_file(options_.pictures / *file);
    if (bytes.ok()) bytes = picture_for_api(*std::move(bytes));
    if (!bytes.ok()) return refuse(id, bytes.error());
    wire::IndexFacesRequest request;
    request.collection_id = options_.into;
    request.image = wire::Image{.bytes = *std::move(bytes)};
    request.external_image_id = id;
    // The old faces passed a filter once; what it kept out is not among them.
    request.quality_filter = wire::QualityFilter::none;
    const Result<wire::IndexFacesResponse> response =
        call<wire::IndexFacesResponse>(wire::Operation::index_faces, request);
    if (response.ok()) return match(picture, *response);
    const ErrorKind kind = response.error().kind;
    const bool is_about_the_picture =
        kind == ErrorKind::invalid_image || kind == ErrorKind::image_too_large || kind == ErrorKind::invalid_argument;
    return is_about_the_picture ? refuse(id, response.error()) : Result<void>(response.error());
  }

  Result<void> refuse(const std::string& external_image_id, const Error& error) {
    report_.refuse(external_image_id, error.message);
    return {};
  }

  // Which of the new faces are the old ones. The others are deleted.
  Result<void> match(const OldPicture& picture, const wire::IndexFacesResponse& response) {
    std::vector<wire::Face> fresh;
    if (response.face_records) {
      for (const wire::FaceRecord& record : *response.face_records) {
        const bool is_whole = record.face && record.face->face_id && record.face->bounding_box;
        // Several pictures may have had one ExternalImageId, and only one of them is still there: its faces are given
        // out once, and stay.
        if (is_whole && !taken_.contains(*record.face->face_id)) fresh.push_back(*record.face);
      }
    }
    for (const OldFace& old : picture.faces) {
      const auto found = std::find_if(fresh.begin(), fresh.end(), [&](const wire::Face& face) {
        return overlap(*face.bounding_box, old.box) >= least_overlap;
      });
      if (found == fresh.end()) {
        report_.refuse(picture.external_image_id, "the face " + old.id + " is not found in this picture any more");
        continue;
      }
      ++counts_.made;
      if (!old.user.empty()) faces_of_user_[old.user].push_back(*found->face_id);
      new_ids_.emplace(old.id, *found->face_id);
      taken_.insert(*found->face_id);
      fresh.erase(found);
    }
    return remove(fresh);
  }

  Result<void> remove(const std::vector<wire::Face>& faces) {
    if (faces.empty()) return {};
    wire::DeleteFacesRequest request;
    request.collection_id = options_.into;
    request.face_ids.emplace();
    for (const wire::Face& face : faces) request.face_ids->push_back(*face.face_id);
    (void)TRY(call<wire::DeleteFacesResponse>(wire::Operation::delete_faces, request));
    return {};
  }

  Result<void> remake_users() {
    wire::ListUsersRequest request;
    request.collection_id = options_.from;
    request.max_results = page / 2;  // Rekognition's most
    do {
      wire::ListUsersResponse response = TRY(call<wire::ListUsersResponse>(wire::Operation::list_users, request));
      if (response.users) {
        for (const wire::User& user : *response.users) TRY(remake_user(user.user_id.value_or("")));
      }
      request.next_token = std::move(response.next_token);
    } while (request.next_token);
    return {};
  }

  Result<void> remake_user(const std::string& id) {
    wire::CreateUserRequest request;
    request.collection_id = options_.into;
    request.user_id = id;
    const Result<wire::CreateUserResponse> made = call<wire::CreateUserResponse>(wire::Operation::create_user, request);
    const bool is_there =
        made.ok() || made.error().kind == ErrorKind::conflict || made.error().kind == ErrorKind::already_exists;
    if (!is_there) return made.error();
    ++counts_.users;
    const std::vector<std::string>& faces = faces_of_user_[id];
    for (std::size_t begin = 0; begin < faces.size(); begin += faces_of_association) {
      const std::size_t end = std::min(faces.size(), begin + faces_of_association);
      TRY(associate(
          id, {faces.begin() + static_cast<std::ptrdiff_t>(begin), faces.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    return {};
  }

  Result<void> associate(const std::string& user, std::vector<std::string> faces) {
    wire::AssociateFacesRequest request;
    request.collection_id = options_.into;
    request.user_id = user;
    request.face_ids = std::move(faces);
    request.user_match_threshold = 0;  // somebody decided it before
    const wire::AssociateFacesResponse response =
        TRY(call<wire::AssociateFacesResponse>(wire::Operation::associate_faces, request));
    if (!response.unsuccessful_face_associations) return {};
    for (const auto& failure : *response.unsuccessful_face_associations) {
      report_.refuse(user, "the face " + failure.face_id.value_or("") + " could not be given to this user");
    }
    return {};
  }

  Result<void> carry_rejections() {
    wire::ListRejectionsRequest request;
    request.collection_id = options_.from;
    request.max_results = page;
    do {
      Result<wire::ListRejectionsResponse> response =
          call<wire::ListRejectionsResponse>(wire::Operation::list_rejections, request);
      if (!response.ok() && response.error().kind == ErrorKind::access_denied) {
        report_.refuse("rejections", "none were carried over: " + response.error().message);
        return {};
      }
      if (!response.ok()) return response.error();
      if (response->rejections) {
        for (const wire::Rejection& rejection : *response->rejections) TRY(carry(rejection));
      }
      request.next_token = std::move(response->next_token);
    } while (request.next_token);
    return {};
  }

  Result<void> carry(const wire::Rejection& rejection) {
    const std::string face = rejection.face_id.value_or("");
    const auto fresh = new_ids_.find(face);
    if (!rejection.user_id || fresh == new_ids_.end()) {
      report_.refuse(face, "what was rejected of this face is not carried over: " +
                               std::string(rejection.user_id ? "the face is not in the new collection"
                                                             : "whom it was taken for has no user id"));
      return {};
    }
    wire::RejectMatchRequest request;
    request.collection_id = options_.into;
    request.face_id = fresh->second;
    request.user_id = rejection.user_id;
    (void)TRY(call<wire::RejectMatchResponse>(wire::Operation::reject_match, request));
    ++counts_.rejections;
    return {};
  }

  ApiClient& api_;
  const ReindexOptions& options_;
  Report& report_;
  const std::function<void(const ReindexCounts&)>& progress_;
  ReindexCounts counts_;
  std::map<std::string, OldPicture> pictures_;            // by ImageId
  std::unordered_map<std::string, std::string> new_ids_;  // of faces, by the old ones
  std::unordered_set<std::string> taken_;                 // of the new faces, those that are old ones
  std::unordered_map<std::string, std::vector<std::string>> faces_of_user_;
};

}  // namespace

Result<ReindexCounts> reindex(ApiClient& api, const ReindexOptions& options, Report& report,
                              const std::function<void(const ReindexCounts&)>& progress) {
  if (options.from == options.into) {
    return Error(ErrorKind::invalid_argument, "--into names the collection that is read; name another");
  }
  return Reindexing(api, options, report, progress).run();
}

}  // namespace likeness::importer
