#include "gallery/faces.h"

#include <algorithm>
#include <iterator>
#include <shared_mutex>
#include <utility>

#include "base/ids.h"
#include "gallery/associations.h"
#include "gallery/ledger_detail.h"
#include "gallery/retry.h"

namespace likeness::gallery {

namespace {

// Whether a stored face is one that is seen in the same picture now. Boxes come out the same each time, unless the
// detector was replaced meanwhile.
bool same_face(const store::Face& stored, const UnitRect& seen) {
  constexpr double least_overlap = 0.5;  // intersection over union; two faces of one picture never overlap so much
  const double left = std::max(stored.box_left, static_cast<double>(seen.left));
  const double top = std::max(stored.box_top, static_cast<double>(seen.top));
  const double right = std::min(stored.box_left + stored.box_width, static_cast<double>(seen.left) + seen.width);
  const double bottom = std::min(stored.box_top + stored.box_height, static_cast<double>(seen.top) + seen.height);
  if (right <= left || bottom <= top) return false;
  const double both = (right - left) * (bottom - top);
  const double either = stored.box_width * stored.box_height + static_cast<double>(seen.width) * seen.height - both;
  return both >= least_overlap * either;
}

store::Face record_of(const pipeline::AnalyzedFace& seen, const Enrolment& enrolment) {
  store::Face face;
  face.id = random_uuid();
  face.subject_id = random_uuid();
  face.external_image_id = enrolment.external_image_id;
  face.box_left = static_cast<double>(seen.box.left);
  face.box_top = static_cast<double>(seen.box.top);
  face.box_width = static_cast<double>(seen.box.width);
  face.box_height = static_cast<double>(seen.box.height);
  face.confidence = static_cast<double>(seen.confidence);
  face.sharpness = static_cast<double>(seen.description->quality.sharpness);
  return face;
}

// Gives each face of the picture that is stored already its record; those without one are new.
std::vector<EnrolledFace*> match_known(std::vector<EnrolledFace>& faces, const std::vector<store::Face>& known) {
  std::vector<EnrolledFace*> fresh;
  for (EnrolledFace& face : faces) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const store::Face& stored) { return same_face(stored, face.seen.box); });
    if (found == known.end()) {
      fresh.push_back(&face);
    } else {
      face.face = *found;
    }
  }
  return fresh;
}

std::vector<std::uint64_t> slots_of(const std::vector<EnrolledFace*>& faces) {
  std::vector<std::uint64_t> slots;
  slots.reserve(faces.size());
  for (const EnrolledFace* face : faces) slots.push_back(face->face.key_slot);
  return slots;
}

// What was asked for, sorted: faces to delete, and those that stay with the reason.
std::vector<store::Face> removable(const std::vector<store::Face>& found, const std::vector<std::string>& asked,
                                   Removal& outcome) {
  std::vector<store::Face> faces;
  auto next = found.begin();  // what is there comes in the order in which it was asked for
  for (const std::string& id : asked) {
    const auto face = next != found.end() && next->id == id ? next++ : found.end();
    if (face == found.end()) {
      outcome.unremoved.push_back({.face_id = id, .user_id = std::nullopt, .reason = NotRemoved::not_found});
    } else if (face->user_id) {
      outcome.unremoved.push_back({.face_id = id, .user_id = face->user_id, .reason = NotRemoved::of_a_user});
    } else {
      outcome.removed.push_back(id);
      faces.push_back(*face);
    }
  }
  return faces;
}

}  // namespace

struct Faces::Chosen {
  std::vector<EnrolledFace> enrolled;
  std::vector<PassedOver> unenrolled;
};

struct Faces::Addition {
  const store::Collection& collection;
  CollectionIndex& index;
  const Enrolment& enrolment;
  const Digest& picture_hash;
  const std::vector<store::Face>& known;
};

// Rekognition: quality first, then the largest; a face that cannot be compared is of low quality.
Result<Faces::Chosen> Faces::choose(const Enrolment& enrolment) const {
  std::vector<pipeline::AnalyzedFace> seen = TRY(analyzer_.analyze(enrolment.image, {.describe = true, .embed = true}));
  Chosen chosen;
  for (pipeline::AnalyzedFace& face : seen) {
    std::vector<Shortcoming> reasons = shortcomings(face, enrolment.quality_bar);
    if (reasons.empty() && !face.embedding) reasons.push_back(Shortcoming::low_face_quality);
    if (reasons.empty() && chosen.enrolled.size() == enrolment.max_faces) {
      reasons.push_back(Shortcoming::exceeds_max_faces);
    }
    if (reasons.empty()) {
      chosen.enrolled.push_back({.face = record_of(face, enrolment), .seen = std::move(face)});
    } else {
      chosen.unenrolled.push_back({.seen = std::move(face), .reasons = std::move(reasons)});
    }
  }
  return chosen;
}

Result<Enrolled> Faces::enrol(const Caller& caller, std::string_view collection_id, const Enrolment& enrolment) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.of(caller.scope, collection));
  const Digest hash =
      TRY(services_.collections.picture_hash(caller.scope, collection, enrolment.picture, enrolment.external_image_id));
  Chosen chosen = TRY(choose(enrolment));
  Enrolled enrolled;
  enrolled.face_model_version = collection.face_model_version;
  enrolled.unenrolled = std::move(chosen.unenrolled);
  enrolled.enrolled = std::move(chosen.enrolled);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const std::vector<store::Face> known = TRY(services_.store.faces_of_picture(caller.scope, collection.id, hash));
    const std::vector<EnrolledFace*> fresh = match_known(enrolled.enrolled, known);
    if (fresh.empty() || TRY(add(caller, {collection, *index, enrolment, hash, known}, fresh))) {
      return enrolled;
    }
  }
  return changed_by_others();
}

Result<bool> Faces::add(const Caller& caller, const Addition& addition, std::vector<EnrolledFace*> fresh) const {
  const store::Collection& collection = addition.collection;
  const std::string image_id = addition.known.empty() ? random_uuid() : addition.known.front().image_id;
  std::vector<std::string> ids;
  std::vector<const std::vector<float>*> embeddings;
  for (const EnrolledFace* face : fresh) {
    ids.push_back(face->face.id);
    embeddings.push_back(&face->seen.embedding->values);
  }
  std::vector<SealedTemplate> sealed = TRY(services_.vault.seal({caller.scope, collection.id}, ids, embeddings));
  store::FaceAddition record;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    store::Face& face = fresh[i]->face;
    face.image_id = image_id;
    face.picture_hash = addition.picture_hash;
    face.face_model_version = collection.face_model_version;
    face.key_slot = sealed[i].key_slot;
    face.created = services_.clock.now();
    record.faces.push_back(face);
    record.faces.back().sealed_template = std::move(sealed[i].bytes);
  }
  record.known_of_pictures = addition.known.size();
  record.most = most_faces;
  const store::Mutation mutation{
      ledger_record("faces.enrol", caller.actor, services_.clock.now(),
                    LedgerDetail().with("collection", collection.id).with("image", image_id).with("faces", ids.size())),
      std::nullopt};
  const std::vector<std::uint64_t> slots = slots_of(fresh);
  // In the index before the store has them, and answering nothing until then: whoever deletes one as soon as it is
  // in the store finds it in the index too.
  const std::shared_lock changing(addition.index.changes);
  Result<void> done = {};
  if (addition.index.dropped) done = no_collection(collection.id);
  for (std::size_t i = 0; done.ok() && i < fresh.size(); ++i) {
    done = addition.index.vectors().add(vector_of_face(slots[i]), *embeddings[i], kind_of_faces, never);
  }
  if (done.ok()) {
    const Result<store::Applied> applied = services_.store.add_faces(caller.scope, collection.id, record, mutation);
    if (!applied.ok()) done = applied.error();
  }
  if (done.ok()) {
    for (const std::uint64_t slot : slots) (void)addition.index.vectors().set_validity(vector_of_face(slot), {});
    return true;
  }
  for (const std::uint64_t slot : slots) (void)addition.index.vectors().remove(vector_of_face(slot));
  TRY(services_.vault.discard(slots));
  switch (done.error().kind) {
    case ErrorKind::conflict: return false;
    case ErrorKind::not_found: return no_collection(collection.id);
    case ErrorKind::limit_exceeded:
      return Error(ErrorKind::service_quota, "The collection id: " + collection.id + " would have more than " +
                                                 std::to_string(most_faces) + " faces; delete some, or use another");
    default: return done.error();
  }
}

Result<Removal> Faces::remove(const Caller& caller, std::string_view collection_id,
                              const std::vector<std::string>& face_ids) const {
  const store::Collection collection = TRY(services_.collections.get(caller.scope, collection_id));
  const std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.for_removal(caller.scope, collection));
  const std::vector<std::string> asked = without_repeats(face_ids);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    Result<std::vector<store::Face>> found = services_.store.faces(caller.scope, collection.id, asked);
    if (!found.ok()) return no_collection(found.error(), collection.id);
    Removal outcome;
    const std::vector<store::Face> faces = removable(*found, asked, outcome);
    if (faces.empty()) return outcome;
    const Result<void> forgotten = forget(caller, collection.id, *index, faces);
    if (forgotten.ok()) return outcome;
    if (forgotten.error().kind != ErrorKind::conflict) return forgotten.error();
  }
  return changed_by_others();
}

Result<std::vector<store::Face>> Faces::list(const store::Scope& scope, std::string_view collection,
                                             const FaceFilter& filter, std::string_view after,
                                             std::size_t limit) const {
  std::string subject;
  if (filter.user_id) subject = TRY(user_in(services_.store, scope, collection, *filter.user_id)).subject_id;
  if (!filter.face_ids) {
    Result<std::vector<store::Face>> faces =
        filter.user_id ? services_.store.faces_of_subject(scope, collection, subject, after, limit)
                       : services_.store.list_faces(scope, collection, after, limit);
    if (!faces.ok()) return no_collection(faces.error(), collection);
    return faces;
  }
  std::vector<std::string> ids = without_repeats(*filter.face_ids);
  std::erase_if(ids, [&](const std::string& id) { return id <= after; });
  std::sort(ids.begin(), ids.end());
  Result<std::vector<store::Face>> faces = services_.store.faces(scope, collection, ids);
  if (!faces.ok()) return no_collection(faces.error(), collection);
  if (filter.user_id) std::erase_if(*faces, [&](const store::Face& face) { return face.subject_id != subject; });
  if (faces->size() > limit) faces->resize(limit);
  return faces;
}

Result<void> Faces::forget(const Caller& caller, std::string_view collection, CollectionIndex& index,
                           const std::vector<store::Face>& faces) const {
  const store::Mutation mutation{
      ledger_record("faces.delete", caller.actor, services_.clock.now(),
                    LedgerDetail().with("collection", collection).with("faces", faces.size())),
      std::nullopt};
  std::vector<std::uint64_t> slots;
  {
    const std::shared_lock changing(index.changes);
    if (index.dropped) return no_collection(collection);
    const Result<store::Applied> applied = services_.store.remove_faces(caller.scope, collection, faces, mutation);
    if (!applied.ok()) return no_collection(applied.error(), collection);
    for (const store::Face& face : faces) {
      (void)index.vectors().remove(vector_of_face(face.key_slot));
      slots.push_back(face.key_slot);
    }
  }
  return erase_keys(services_, index, slots);
}

Result<void> erase_keys(const FaceServices& services, CollectionIndex& index, const std::vector<std::uint64_t>& slots) {
  TRY(index.end_snapshot(
      [&](const SnapshotOnDisk& snapshot) { return services.vault.discard(std::span(&snapshot.key_slot, 1)); }));
  return services.vault.erase(services.store, slots);
}

}  // namespace likeness::gallery
