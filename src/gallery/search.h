// Who looks like this? The 1:N questions: of a stored face, of a user, or of the largest face of a picture, among the
// faces or the users of a collection.
//
// A likeness is worth less where both faces are blurred (embed/calibration.h): the similarity of a match is that of the
// sharper of the two, for a user that of the user's faces on average.
//
// What a person rejected ("not this person") is honoured in every one of them: see gallery/rejected.h.
//
// Thread rule: thread-safe. What the constructor is given must outlive it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gallery/caller.h"
#include "gallery/faces.h"
#include "gallery/quality_bar.h"
#include "image/image.h"
#include "pipeline/analyze_image.h"
#include "store/store.h"

namespace likeness::gallery {

struct SearchLimits {
  float similarity_threshold = 80;           // 0..100; at or above it is a match
  std::size_t most = match::max_candidates;  // 1..4096
};

struct SimilarFace {
  float similarity = 0;  // 0..100
  store::Face face;
};

struct SimilarUser {
  float similarity = 0;  // 0..100
  store::User user;
};

template <typename Similar>
struct Answer {
  std::vector<Similar> matches;  // highest similarity first
  std::string face_model_version;
};

// A search with a picture.
template <typename Similar>
struct PictureAnswer {
  std::optional<pipeline::AnalyzedFace> searched;   // absent: there is no face that can be searched
  std::vector<pipeline::AnalyzedFace> not_largest;  // the other faces of the picture, largest first
  std::vector<PassedOver> below_bar;                // the largest face, if it does not meet the quality bar
  Answer<Similar> answer;
};

class Search {
 public:
  Search(const FaceServices& services, const pipeline::ImageAnalyzer& analyzer)
      : services_(services), analyzer_(analyzer) {}

  // Errors of all: not_found (the collection, the face or the user), invalid_argument (the collection was made for
  // another embedder), corrupt (the searched face's template cannot be read), overloaded (too many searches wait), and
  // those of the store; with a picture also internal.

  // The faces that look like a stored one, without itself.
  [[nodiscard]] Result<Answer<SimilarFace>> faces_like_face(const store::Scope& scope, std::string_view collection,
                                                            std::string_view face_id, const SearchLimits& limits) const;
  // Those that look like the largest face of a picture.
  [[nodiscard]] Result<PictureAnswer<SimilarFace>> faces_like_picture(const store::Scope& scope,
                                                                      std::string_view collection, const Image& image,
                                                                      QualityBar bar, const SearchLimits& limits) const;
  [[nodiscard]] Result<Answer<SimilarUser>> users_like_face(const store::Scope& scope, std::string_view collection,
                                                            std::string_view face_id, const SearchLimits& limits) const;
  // The users that look like a user, without itself. A user without faces looks like nobody.
  [[nodiscard]] Result<Answer<SimilarUser>> users_like_user(const store::Scope& scope, std::string_view collection,
                                                            std::string_view user_id, const SearchLimits& limits) const;
  [[nodiscard]] Result<PictureAnswer<SimilarUser>> users_like_picture(const store::Scope& scope,
                                                                      std::string_view collection, const Image& image,
                                                                      QualityBar bar, const SearchLimits& limits) const;

 private:
  struct Place;
  struct Probe;
  [[nodiscard]] Result<Place> open(const store::Scope& scope, std::string_view collection) const;
  [[nodiscard]] Result<store::Face> face_in(const Place& place, std::string_view face_id) const;
  [[nodiscard]] Result<std::vector<float>> embedding_of(const Place& place, const store::Face& face) const;
  // The largest face of a picture and why others are not searched; the answer's matches are empty.
  template <typename Similar>
  [[nodiscard]] Result<PictureAnswer<Similar>> look_at(const Place& place, const Image& image, QualityBar bar) const;

  [[nodiscard]] Result<std::vector<match::Candidate>> nearest(const Place& place, const Probe& probe, match::Kind kind,
                                                              const SearchLimits& limits,
                                                              std::vector<match::VectorId> excluded) const;
  [[nodiscard]] Result<std::vector<SimilarFace>> similar_faces(const Place& place, const Probe& probe,
                                                               const SearchLimits& limits,
                                                               std::vector<match::VectorId> excluded) const;
  [[nodiscard]] Result<std::vector<SimilarUser>> similar_users(const Place& place, const Probe& probe,
                                                               const SearchLimits& limits,
                                                               std::vector<match::VectorId> excluded) const;
  // Of the probe and each user, in the order of `users`.
  [[nodiscard]] Result<std::vector<float>> sharper_of(const Place& place, const Probe& probe,
                                                      const std::vector<store::User>& users) const;
  // The views stay valid as long as what is given.
  static Probe probe_of(const store::Face& face, std::span<const float> embedding);
  static Probe probe_of(const pipeline::AnalyzedFace& face);  // described and embedded
  // What a picture must not match: see gallery/rejected.h.
  [[nodiscard]] Result<std::vector<match::VectorId>> rejected_for(const Place& place, const Probe& probe) const;

  const FaceServices services_;
  const pipeline::ImageAnalyzer& analyzer_;
};

}  // namespace likeness::gallery
