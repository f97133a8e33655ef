#include "pipeline/analyze_image.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "embed/face_quality.h"
#include "pipeline/face_confidence.h"

namespace likeness::pipeline {
namespace {

// Two meshes whose bounds overlap more than this show one face: the detector found it twice, at two sizes.
constexpr float same_face_iou = 0.5F;

PixelRect bounds_of(const FaceMesh& mesh) {
  const auto [left, right] = std::minmax_element(mesh.points.begin(), mesh.points.end(),
                                                 [](const Point3& a, const Point3& b) { return a.x < b.x; });
  const auto [top, bottom] = std::minmax_element(mesh.points.begin(), mesh.points.end(),
                                                 [](const Point3& a, const Point3& b) { return a.y < b.y; });
  return {left->x, top->y, right->x - left->x, bottom->y - top->y};
}

// By area; equal ones (a picture beside its copy) from left to right, then downward.
bool is_larger(const detect::FaceDetection& a, const detect::FaceDetection& b) {
  return std::tuple(-a.box.area(), a.box.left, a.box.top) < std::tuple(-b.box.area(), b.box.left, b.box.top);
}

// The probability that the judgement says yes; 0 where there is none.
float probability(const std::optional<describe::Judgement>& judgement) {
  if (!judgement) return 0;
  return (judgement->value ? judgement->confidence : 100 - judgement->confidence) / 100;
}

std::optional<float> quality_of(const AnalyzedFace& face, const std::optional<infer::QualityModel>& model) {
  if (!model || !face.description || !face.embedding) return std::nullopt;
  return embed::face_quality(*model, {.norm = face.embedding->norm,
                                      .sharpness = face.description->quality.sharpness,
                                      .cover = probability(face.description->face_occluded)});
}

}  // namespace

struct ImageAnalyzer::Candidate {
  detect::FaceDetection detection;
  FaceMesh mesh;
  PixelRect bounds;  // of the mesh
};

ImageAnalyzer::ImageAnalyzer(std::unique_ptr<const detect::FaceDetector> detector,
                             std::unique_ptr<const align::FaceMesher> mesher,
                             std::unique_ptr<const embed::Embedder> embedder)
    : detector_(std::move(detector)), mesher_(std::move(mesher)), embedder_(std::move(embedder)) {}

ImageAnalyzer::~ImageAnalyzer() = default;

Result<std::unique_ptr<ImageAnalyzer>> ImageAnalyzer::create(const AnalyzerOptions& options) {
  using infer::Task;
  const infer::Pack detector = TRY(infer::open_pack(options.packs, options.detector, Task::face_detection));
  const infer::Pack mesh = TRY(infer::open_pack(options.packs, options.face_mesh, Task::face_mesh));
  const infer::Pack iris = TRY(infer::open_pack(options.packs, options.iris, Task::iris));
  const infer::Pack embedder = TRY(infer::open_pack(options.packs, options.embedder, Task::face_embedding));
  std::unique_ptr<infer::Runtime> runtime = TRY(infer::Runtime::create(options.runtime));
  auto analyzer = std::make_unique<ImageAnalyzer>(TRY(detect::FaceDetector::create(*runtime, detector)),
                                                  TRY(align::FaceMesher::create(*runtime, mesh, iris)),
                                                  TRY(embed::Embedder::create(*runtime, embedder)));
  analyzer->runtime_ = std::move(runtime);
  return analyzer;
}

Result<std::vector<ImageAnalyzer::Candidate>> ImageAnalyzer::find_faces(const Image& image,
                                                                        std::size_t max_faces) const {
  std::vector<detect::FaceDetection> detections = TRY(detector_->detect(image));
  std::sort(detections.begin(), detections.end(), is_larger);
  if (detections.size() > 2 * max_faces) detections.resize(2 * max_faces);

  std::vector<Candidate> faces;
  for (const detect::FaceDetection& detection : detections) {
    if (faces.size() == max_faces) break;
    const FaceMesh mesh = TRY(mesher_->mesh(image, detection.box, detection.landmarks));
    if (mesh.score < mesher_->score_threshold()) continue;
    const PixelRect bounds = bounds_of(mesh);
    const auto same = std::find_if(faces.begin(), faces.end(),
                                   [&](const Candidate& face) { return iou(face.bounds, bounds) > same_face_iou; });
    if (same == faces.end()) {
      faces.push_back({detection, mesh, bounds});
    } else if (detection.score > same->detection.score) {
      *same = {detection, mesh, bounds};
    }
  }
  return faces;
}

Result<std::vector<AnalyzedFace>> ImageAnalyzer::analyze(const Image& image, const AnalyzeOptions& options) const {
  std::vector<Candidate> candidates = TRY(find_faces(image, options.max_faces));
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return is_larger(a.detection, b.detection); });
  std::vector<AnalyzedFace> faces;
  for (Candidate& candidate : candidates) {
    AnalyzedFace face;
    face.box = to_unit(candidate.detection.box, image.size());
    face.confidence = face_confidence(detector_->confidence_model(), candidate.detection.score, candidate.mesh.score);
    if (options.describe) {
      TRY(mesher_->find_irises(image, candidate.mesh));
      face.description = describe::describe_face(image, candidate.detection.box, candidate.mesh);
    }
    if (options.embed) {
      Result<embed::Embedding> embedding = embedder_->embed(image, five_points(candidate.mesh));
      if (embedding.ok()) face.embedding = *std::move(embedding);
    }
    face.quality = quality_of(face, embedder_->quality_model());
    faces.push_back(std::move(face));
  }
  return faces;
}

std::int64_t ImageAnalyzer::compilations() const { return runtime_ == nullptr ? 0 : runtime_->compilations(); }

}  // namespace likeness::pipeline
