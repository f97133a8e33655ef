#include "gallery/replay_deletions.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "gallery/ledger_detail.h"
#include "gallery/rejected.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

constexpr std::size_t page_size = store::limits::page;

// One collection of the restored store, and its counterpart.
class CollectionReplay {
 public:
  CollectionReplay(store::Store& restored, store::Store* present, const FaceVault& vault, store::Scope scope,
                   store::Collection collection, const std::string& actor, Time now, Replayed& done)
      : restored_(restored),
        present_(present),
        vault_(vault),
        scope_(std::move(scope)),
        collection_(std::move(collection)),
        actor_(actor),
        now_(now),
        done_(done) {}

  Result<void> run() {
    if (present_ != nullptr && !TRY(is_in_present())) {
      (void)TRY(restored_.delete_collection(scope_, collection_.id, mutation("collection.delete", LedgerDetail())));
      ++done_.collections;
      return {};
    }
    TRY(remove_faces_without_keys());
    if (present_ == nullptr) return {};
    TRY(remove_users());
    return keep_rejections();
  }

 private:
  // A collection of the same name that was made later is another one: its key tells.
  Result<bool> is_in_present() {
    const Result<store::Collection> now = present_->collection(scope_, collection_.id);
    if (now.ok()) return now->wrapped_key == collection_.wrapped_key;
    if (now.error().kind == ErrorKind::not_found) return false;
    return now.error();
  }

  Result<void> remove_faces_without_keys() {
    std::string after;
    while (true) {
      const std::vector<store::Face> page = TRY(restored_.list_faces(scope_, collection_.id, after, page_size));
      std::vector<store::Face> gone;
      for (const store::Face& face : page) {
        if (!TRY(vault_.has_key({scope_, collection_.id}, face.id, face.key_slot))) gone.push_back(face);
      }
      if (!gone.empty()) {
        const LedgerDetail detail = LedgerDetail().with("faces", gone.size());
        (void)TRY(restored_.remove_faces(scope_, collection_.id, gone, mutation("faces.delete", detail)));
      }
      done_.faces += gone.size();
      done_.faces_left += page.size() - gone.size();
      if (page.size() < page_size) return {};
      after = page.back().id;
    }
  }

  Result<void> remove_users() {
    std::string after;
    while (true) {
      const std::vector<store::User> page = TRY(restored_.list_users(scope_, collection_.id, after, page_size));
      for (const store::User& user : page) {
        const Result<store::User> now = present_->user(scope_, collection_.id, user.id);
        if (!now.ok() && now.error().kind != ErrorKind::not_found) return now.error();
        if (!now.ok() || now->subject_id != user.subject_id) TRY(remove_user(user));
      }
      if (page.size() < page_size) return {};
      after = page.back().id;
    }
  }

  // Its faces stay and belong to nobody, as after DeleteUser.
  Result<void> remove_user(const store::User& user) {
    store::Reassignment reassignment;
    reassignment.most = page_size;
    const std::vector<store::Face> faces =
        TRY(restored_.faces_of_subject(scope_, collection_.id, user.subject_id, {}, page_size));
    for (const store::Face& face : faces) {
      reassignment.moves.push_back({.face_id = face.id, .from = user.subject_id, .to = random_uuid()});
    }
    reassignment.removed = user.id;
    const LedgerDetail detail = LedgerDetail().with("subject", user.subject_id);
    (void)TRY(restored_.reassign(scope_, collection_.id, reassignment, mutation("user.delete", detail)));
    ++done_.users;
    return {};
  }

  Result<void> keep_rejections() {
    store::RejectionKey after;
    while (true) {
      const std::vector<store::Rejection> page =
          TRY(present_->list_rejections(scope_, collection_.id, {}, after, page_size));
      for (const store::Rejection& rejection : page) TRY(keep(rejection));
      if (page.size() < page_size) return {};
      after = {.subject_id = page.back().subject_id, .face_id = page.back().face_id};
    }
  }

  Result<void> keep(const store::Rejection& rejection) {
    const std::vector<store::Rejection> known =
        TRY(restored_.rejections_of_face(scope_, collection_.id, rejection.face_id, {}, page_size));
    for (const store::Rejection& each : known) {
      if (each.subject_id == rejection.subject_id) return {};
    }
    const LedgerDetail detail = LedgerDetail().with("subject", rejection.subject_id).with("face", rejection.face_id);
    const Result<store::Applied> applied =
        restored_.reject(scope_, collection_.id, rejection, most_rejections, mutation("match.reject", detail));
    if (applied.ok()) {
      ++done_.rejections;
      return {};
    }
    // The backup has not the face, or the subject, or the face was the subject's own then; or it had others.
    const ErrorKind kind = applied.error().kind;
    const bool has_no_place =
        kind == ErrorKind::not_found || kind == ErrorKind::conflict || kind == ErrorKind::limit_exceeded;
    return has_no_place ? Result<void>() : applied.error();
  }

  [[nodiscard]] store::Mutation mutation(const char* kind, LedgerDetail detail) const {
    detail.with("collection", collection_.id).with("by", std::string_view("restore"));
    return {ledger_record(kind, actor_, now_, detail), std::nullopt};
  }

  store::Store& restored_;
  store::Store* const present_;
  const FaceVault& vault_;
  const store::Scope scope_;
  const store::Collection collection_;
  const std::string& actor_;
  const Time now_;
  Replayed& done_;
};

}  // namespace

Result<Replayed> replay_deletions(store::Store& restored, store::Store* present, const FaceVault& vault,
                                  const std::string& actor, Time now) {
  Replayed done;
  const std::vector<store::Scope> scopes = TRY(restored.scopes_with_collections());
  for (const store::Scope& scope : scopes) {
    std::string after;
    while (true) {
      const std::vector<store::Collection> page = TRY(restored.list_collections(scope, after, page_size));
      for (const store::Collection& collection : page) {
        TRY(CollectionReplay(restored, present, vault, scope, collection, actor, now, done).run());
      }
      if (page.size() < page_size) break;
      after = page.back().id;
    }
  }
  return done;
}

}  // namespace likeness::gallery
