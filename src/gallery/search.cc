#include "gallery/search.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "gallery/rejected.h"
#include "gallery/retry.h"
#include "gallery/user_vector.h"
#include "store/limits.h"

namespace likeness::gallery {

namespace {

// Below this no face of the collection is taken for what a picture shows (gallery/rejected.h): Rekognition's own
// default threshold.
constexpr float least_likeness = 80;

// Those that reach the threshold, the most alike first, and no more than are asked for. What was found comes in the
// order of cosines, which blur may change.
template <typename Similar>
void keep_best(std::vector<Similar>& found, const SearchLimits& limits) {
  std::erase_if(found, [&](const Similar& each) { return each.similarity < limits.similarity_threshold; });
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (found[a].similarity != found[b].similarity) return found[a].similarity > found[b].similarity;
    return a < b;
  });
  order.resize(std::min(order.size(), limits.most));
  std::vector<Similar> best;
  best.reserve(order.size());
  for (const std::size_t i : order) best.push_back(std::move(found[i]));
  found = std::move(best);
}

}  // namespace

// What is searched with.
struct Search::Probe {
  std::span<const float> vector;
  float sharpness;  // 0..100
};

Search::Probe Search::probe_of(const store::Face& face, std::span<const float> embedding) {
  return {.vector = embedding, .sharpness = static_cast<float>(face.sharpness)};
}

Search::Probe Search::probe_of(const pipeline::AnalyzedFace& face) {
  return {.vector = face.embedding->values, .sharpness = face.description->quality.sharpness};
}

struct Search::Place {
  const store::Scope& scope;
  store::Collection collection;
  std::shared_ptr<CollectionIndex> index;
};

Result<Search::Place> Search::open(const store::Scope& scope, std::string_view collection_id) const {
  store::Collection collection = TRY(services_.collections.get(scope, collection_id));
  std::shared_ptr<CollectionIndex> index = TRY(services_.indexes.of(scope, collection));
  return Place{scope, std::move(collection), std::move(index)};
}

Result<store::Face> Search::face_in(const Place& place, std::string_view face_id) const {
  std::vector<store::Face> found = TRY(services_.store.faces(place.scope, place.collection.id, {std::string(face_id)}));
  if (found.empty()) {
    return Error(ErrorKind::invalid_argument, "The face id: " + std::string(face_id) +
                                                  " does not exist in the collection id: " + place.collection.id);
  }
  return std::move(found.front());
}

Result<std::vector<float>> Search::embedding_of(const Place& place, const store::Face& face) const {
  return services_.vault.open({place.scope, place.collection.id}, face.id, face.key_slot, face.sealed_template);
}

Result<std::vector<match::Candidate>> Search::nearest(const Place& place, const Probe& probe, match::Kind kind,
                                                      const SearchLimits& limits,
                                                      std::vector<match::VectorId> excluded) const {
  const embed::Calibration& calibration = analyzer_.embedder().calibration();
  std::sort(excluded.begin(), excluded.end());
  match::Query query;
  query.vector = probe.vector;
  // A little less than the threshold's cosine: the similarity decides, and rounds on its own.
  constexpr float rounding = 1e-5F;
  query.least_cosine = calibration.cosine(limits.similarity_threshold) - rounding;
  // With a blurred face the most alike are not the nearest; sharper ones may stand behind blurred ones.
  const bool is_blurred = calibration.distance_factor(probe.sharpness) > 1;
  query.limit = is_blurred ? match::max_candidates : limits.most;
  query.at = services_.clock.now();
  query.kinds = match::only(kind);
  query.excluded = excluded;
  std::vector<match::Candidate> candidates = TRY(place.index->search().search(query));
  std::erase_if(candidates, [&](const match::Candidate& candidate) {
    return calibration.similarity(candidate.cosine) < limits.similarity_threshold;
  });
  return candidates;
}

Result<std::vector<SimilarFace>> Search::similar_faces(const Place& place, const Probe& probe,
                                                       const SearchLimits& limits,
                                                       std::vector<match::VectorId> excluded) const {
  const std::vector<match::Candidate> candidates =
      TRY(nearest(place, probe, kind_of_faces, limits, std::move(excluded)));
  if (candidates.empty()) return std::vector<SimilarFace>();
  std::vector<std::uint64_t> slots;
  slots.reserve(candidates.size());
  for (const match::Candidate& candidate : candidates) slots.push_back(candidate.id);
  std::vector<store::Face> faces = TRY(services_.store.faces_in_slots(place.scope, place.collection.id, slots));
  const embed::Calibration& calibration = analyzer_.embedder().calibration();
  std::vector<SimilarFace> similar;
  std::size_t next = 0;
  for (store::Face& face : faces) {  // in the candidates' order, without those that were deleted since
    while (candidates[next].id != face.key_slot) ++next;
    const float sharpness = std::max(probe.sharpness, static_cast<float>(face.sharpness));
    const float similarity = calibration.similarity(candidates[next].cosine, sharpness);
    similar.push_back({.similarity = similarity, .face = std::move(face)});
  }
  keep_best(similar, limits);
  return similar;
}

Result<std::vector<SimilarUser>> Search::similar_users(const Place& place, const Probe& probe,
                                                       const SearchLimits& limits,
                                                       std::vector<match::VectorId> excluded) const {
  const std::vector<match::Candidate> candidates =
      TRY(nearest(place, probe, kind_of_users, limits, std::move(excluded)));
  if (candidates.empty()) return std::vector<SimilarUser>();
  std::vector<std::uint64_t> numbers;
  numbers.reserve(candidates.size());
  for (const match::Candidate& candidate : candidates) numbers.push_back(number_of_user(candidate.id));
  std::vector<store::User> users = TRY(services_.store.numbered_users(place.scope, place.collection.id, numbers));
  const embed::Calibration& calibration = analyzer_.embedder().calibration();
  const std::vector<float> sharpness = TRY(sharper_of(place, probe, users));
  std::vector<SimilarUser> similar;
  std::size_t next = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    while (number_of_user(candidates[next].id) != users[i].number) ++next;
    const float similarity = calibration.similarity(candidates[next].cosine, sharpness[i]);
    similar.push_back({.similarity = similarity, .user = std::move(users[i])});
  }
  keep_best(similar, limits);
  return similar;
}

Result<std::vector<float>> Search::sharper_of(const Place& place, const Probe& probe,
                                              const std::vector<store::User>& users) const {
  std::vector<float> sharpness(users.size(), probe.sharpness);
  // A sharp face needs no other: the users' faces are not read.
  if (analyzer_.embedder().calibration().distance_factor(probe.sharpness) <= 1) return sharpness;
  std::vector<std::string> subjects;
  subjects.reserve(users.size());
  for (const store::User& user : users) subjects.push_back(user.subject_id);
  const std::vector<double> means = TRY(services_.store.mean_sharpness(place.scope, place.collection.id, subjects));
  for (std::size_t i = 0; i < users.size(); ++i) {
    sharpness[i] = std::max(probe.sharpness, static_cast<float>(means[i]));
  }
  return sharpness;
}

Result<std::vector<match::VectorId>> Search::rejected_for(const Place& place, const Probe& probe) const {
  // Most collections have none, and need not be searched twice.
  if (TRY(services_.store.list_rejections(place.scope, place.collection.id, {}, {}, 1)).empty()) {
    return std::vector<match::VectorId>();
  }
  const std::vector<SimilarFace> most_alike =
      TRY(similar_faces(place, probe, {.similarity_threshold = least_likeness, .most = 1}, {}));
  if (most_alike.empty()) return std::vector<match::VectorId>();
  return rejected_for_face(services_.store, place.scope, place.collection.id, most_alike.front().face);
}

Result<Answer<SimilarFace>> Search::faces_like_face(const store::Scope& scope, std::string_view collection,
                                                    std::string_view face_id, const SearchLimits& limits) const {
  const Place place = TRY(open(scope, collection));
  const store::Face face = TRY(face_in(place, face_id));
  const std::vector<float> embedding = TRY(embedding_of(place, face));
  std::vector<match::VectorId> excluded = TRY(rejected_for_face(services_.store, scope, place.collection.id, face));
  excluded.push_back(vector_of_face(face.key_slot));
  return Answer<SimilarFace>{
      .matches = TRY(similar_faces(place, probe_of(face, embedding), limits, std::move(excluded))),
      .face_model_version = place.collection.face_model_version};
}

Result<Answer<SimilarUser>> Search::users_like_face(const store::Scope& scope, std::string_view collection,
                                                    std::string_view face_id, const SearchLimits& limits) const {
  const Place place = TRY(open(scope, collection));
  const store::Face face = TRY(face_in(place, face_id));
  const std::vector<float> embedding = TRY(embedding_of(place, face));
  std::vector<match::VectorId> excluded = TRY(rejected_for_face(services_.store, scope, place.collection.id, face));
  return Answer<SimilarUser>{
      .matches = TRY(similar_users(place, probe_of(face, embedding), limits, std::move(excluded))),
      .face_model_version = place.collection.face_model_version};
}

Result<Answer<SimilarUser>> Search::users_like_user(const store::Scope& scope, std::string_view collection,
                                                    std::string_view user_id, const SearchLimits& limits) const {
  const Place place = TRY(open(scope, collection));
  const Result<store::User> user = services_.store.user(scope, collection, user_id);
  if (!user.ok()) {
    if (user.error().kind != ErrorKind::not_found) return user.error();
    return Error(ErrorKind::not_found, "The user id: " + std::string(user_id) +
                                           " does not exist in the collection id: " + place.collection.id);
  }
  Answer<SimilarUser> answer;
  answer.face_model_version = place.collection.face_model_version;
  std::vector<std::vector<float>> embeddings;
  float sharpness = 0;
  for (const store::Face& face :
       TRY(services_.store.faces_of_subject(scope, collection, user->subject_id, {}, store::limits::page))) {
    embeddings.push_back(TRY(embedding_of(place, face)));
    sharpness += static_cast<float>(face.sharpness);
  }
  const std::optional<std::vector<float>> average = user_vector(embeddings);
  if (!average) return answer;
  std::vector<match::VectorId> excluded = TRY(rejected_for_user(services_.store, scope, place.collection.id, *user));
  excluded.push_back(vector_of_user(user->number));
  const Probe probe = {.vector = *average, .sharpness = sharpness / static_cast<float>(embeddings.size())};
  answer.matches = TRY(similar_users(place, probe, limits, std::move(excluded)));
  return answer;
}

template <typename Similar>
Result<PictureAnswer<Similar>> Search::look_at(const Place& place, const Image& image, QualityBar bar) const {
  std::vector<pipeline::AnalyzedFace> faces = TRY(analyzer_.analyze(image, {.describe = true, .embed = true}));
  PictureAnswer<Similar> answer;
  answer.answer.face_model_version = place.collection.face_model_version;
  // The largest that has an embedding: one without is too degenerate to be told from anything.
  const auto largest = std::find_if(faces.begin(), faces.end(),
                                    [](const pipeline::AnalyzedFace& face) { return face.embedding.has_value(); });
  for (auto face = faces.begin(); face != faces.end(); ++face) {
    if (face != largest) {
      answer.not_largest.push_back(std::move(*face));
    } else if (std::vector<Shortcoming> reasons = shortcomings(*face, bar); !reasons.empty()) {
      answer.below_bar.push_back({.seen = std::move(*face), .reasons = std::move(reasons)});
    } else {
      answer.searched = std::move(*face);
    }
  }
  return answer;
}

Result<PictureAnswer<SimilarFace>> Search::faces_like_picture(const store::Scope& scope, std::string_view collection,
                                                              const Image& image, QualityBar bar,
                                                              const SearchLimits& limits) const {
  const Place place = TRY(open(scope, collection));
  PictureAnswer<SimilarFace> answer = TRY(look_at<SimilarFace>(place, image, bar));
  if (!answer.searched) return answer;
  const Probe probe = probe_of(*answer.searched);
  std::vector<match::VectorId> excluded = TRY(rejected_for(place, probe));
  answer.answer.matches = TRY(similar_faces(place, probe, limits, std::move(excluded)));
  return answer;
}

Result<PictureAnswer<SimilarUser>> Search::users_like_picture(const store::Scope& scope, std::string_view collection,
                                                              const Image& image, QualityBar bar,
                                                              const SearchLimits& limits) const {
  const Place place = TRY(open(scope, collection));
  PictureAnswer<SimilarUser> answer = TRY(look_at<SimilarUser>(place, image, bar));
  if (!answer.searched) return answer;
  const Probe probe = probe_of(*answer.searched);
  std::vector<match::VectorId> excluded = TRY(rejected_for(place, probe));
  answer.answer.matches = TRY(similar_users(place, probe, limits, std::move(excluded)));
  return answer;
}

}  // namespace likeness::gallery
