// One face embedded from several views of one picture: other crops for the mesh, and mirror images.
//
// Thread rule: const and thread-safe after construction.
#pragma once

#include <memory>
#include <vector>

#include "pipeline/analyze_image.h"

namespace likeness::bench {

struct Views {
  bool mirror = false;        // each view also mirrored
  std::vector<double> crops;  // sides of the mesh's crop over the longer side of the box; empty: the manifest's
};

class ViewEmbedder {
 public:
  // Errors: those of pipeline::ImageAnalyzer::create.
  [[nodiscard]] static Result<std::unique_ptr<ViewEmbedder>> create(const pipeline::AnalyzerOptions& options,
                                                                    const Views& views);

  // The mean of the views' embeddings, of length 1, for the face with this box. Errors: internal.
  [[nodiscard]] Result<std::vector<float>> embed(const Image& image, const UnitRect& box) const;

 private:
  ViewEmbedder() = default;
  bool mirror_ = false;
  std::unique_ptr<infer::Runtime> runtime_;
  std::unique_ptr<detect::FaceDetector> detector_;
  std::vector<std::unique_ptr<align::FaceMesher>> meshers_;  // one for each crop
  std::unique_ptr<embed::Embedder> embedder_;
};

}  // namespace likeness::bench
