// Faces of a collection: enrolled from pictures, listed, deleted.
//
// No picture is kept. A face is durable in the store, and its key in the file of key slots, before it is found or
// answered; a deletion is answered when its key is overwritten, on the disk, and no index or snapshot has its vector.
//
// Thread rule: thread-safe. What the constructor is given must outlive it. Calls block until the change is on disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "gallery/caller.h"
#include "gallery/collections.h"
#include "gallery/face_indexes.h"
#include "gallery/face_vault.h"
#include "gallery/quality_bar.h"
#include "image/image.h"
#include "pipeline/analyze_image.h"
#include "store/store.h"

namespace likeness::gallery {

struct Enrolment {
  ByteSpan picture;    // its bytes: the same bytes with the same external image id are stored once
  const Image& image;  // the same, decoded
  std::optional<std::string> external_image_id = {};
  std::size_t max_faces = 100;  // 1..100, the largest are kept
  QualityBar quality_bar = QualityBar::automatic;
};

struct EnrolledFace {
  store::Face face;
  pipeline::AnalyzedFace seen;
};

struct Enrolled {
  std::vector<EnrolledFace> enrolled;  // largest first; those that were there already among them
  std::vector<PassedOver> unenrolled;  // largest first
  std::string face_model_version;      // of the collection
};

enum class NotRemoved { not_found, of_a_user };

struct UnremovedFace {
  std::string face_id;
  std::optional<std::string> user_id;
  NotRemoved reason = NotRemoved::not_found;
};

struct Removal {
  std::vector<std::string> removed;  // face ids, in the order asked
  std::vector<UnremovedFace> unremoved;
};

// Which faces are listed; both absent: all of the collection.
struct FaceFilter {
  const std::optional<std::string>& user_id;
  const std::optional<std::vector<std::string>>& face_ids;  // at most store::limits::page; unknown ones are left out
};

// The services that faces and what is done with them stand on.
struct FaceServices {
  store::Store& store;
  const Collections& collections;
  FaceIndexes& indexes;
  FaceVault& vault;
  const Clock& clock;
};

class Faces {
 public:
  // Rekognition: 20 million faces a collection.
  static constexpr std::uint64_t most_faces = 20'000'000;

  Faces(const FaceServices& services, const pipeline::ImageAnalyzer& analyzer)
      : services_(services), analyzer_(analyzer) {}

  // Faces of a picture go into the collection, each with a subject of its own. Errors: not_found (the collection),
  // invalid_argument (it was made for another embedder), service_quota (most_faces), overloaded (others changed the
  // same faces at the same time, again and again), those of the analyzer, the vault and the store.
  [[nodiscard]] Result<Enrolled> enrol(const Caller& caller, std::string_view collection,
                                       const Enrolment& enrolment) const;
  // Those that belong to a user stay: they are disassociated first. Errors: not_found (the collection), overloaded (as
  // above), unavailable (a key could not be overwritten: try again; the faces are found no more), and the store's.
  [[nodiscard]] Result<Removal> remove(const Caller& caller, std::string_view collection,
                                       const std::vector<std::string>& face_ids) const;

  // By face id, at most `limit` (1 to store::limits::page) after `after`; templates may be missing.
  // Errors: not_found (the collection, the user), those of the store.
  [[nodiscard]] Result<std::vector<store::Face>> list(const store::Scope& scope, std::string_view collection,
                                                      const FaceFilter& filter, std::string_view after,
                                                      std::size_t limit) const;

 private:
  struct Chosen;
  [[nodiscard]] Result<Chosen> choose(const Enrolment& enrolment) const;
  // Adds `fresh` in one step; false if others changed the faces of this picture meanwhile.
  struct Addition;
  [[nodiscard]] Result<bool> add(const Caller& caller, const Addition& addition,
                                 std::vector<EnrolledFace*> fresh) const;
  [[nodiscard]] Result<void> forget(const Caller& caller, std::string_view collection, CollectionIndex& index,
                                    const std::vector<store::Face>& faces) const;

  const FaceServices services_;
  const pipeline::ImageAnalyzer& analyzer_;
};

// Overwrites the key of the snapshot that still shows faces that were removed, and their own.
// Errors: those of FaceVault::erase().
[[nodiscard]] Result<void> erase_keys(const FaceServices& services, CollectionIndex& index,
                                      const std::vector<std::uint64_t>& slots);

}  // namespace likeness::gallery
