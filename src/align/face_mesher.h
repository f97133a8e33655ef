// From a detection to the face in detail: MediaPipe's face mesh and, where asked, its irises.
//
// The mesh has two uses beside describing: its score tells faces from what the detector took for one, and five of its
// points align better for recognition than the detector's own (docs/models.md).
#pragma once

#include <memory>

#include "base/result.h"
#include "image/face_mesh.h"
#include "image/geometry.h"
#include "image/image.h"
#include "infer/pack.h"
#include "infer/runtime.h"

namespace likeness::align {

// Thread rule: const and thread-safe after construction.
class FaceMesher {
 public:
  // For a pack of the task face_mesh and one of the task iris.
  // Errors: those of infer::Runtime::load, and corrupt (a manifest lacks a parameter or the shape of its input).
  [[nodiscard]] static Result<std::unique_ptr<FaceMesher>> create(infer::Runtime& runtime, const infer::Pack& mesh,
                                                                  const infer::Pack& iris);
  ~FaceMesher();
  FaceMesher(const FaceMesher&) = delete;
  FaceMesher& operator=(const FaceMesher&) = delete;

  // The mesh in a square round the centre of the detector's box, turned so that its eyes are level. `landmarks` are the
  // detector's. The irises stay zero. Compare `score` with score_threshold(). Errors: internal.
  [[nodiscard]] Result<FaceMesh> mesh(const Image& image, const PixelRect& box, const FivePoints& landmarks) const;

  // Fills both irises of a mesh of this picture: two more inferences. Errors: internal.
  [[nodiscard]] Result<void> find_irises(const Image& image, FaceMesh& mesh) const;

  // Below this score a mesh shows no face. Of LFW's 13,233 faces 4 stay below; says nothing under some 12 px.
  [[nodiscard]] float score_threshold() const;

 private:
  struct Models;
  explicit FaceMesher(std::unique_ptr<const Models> models);
  std::unique_ptr<const Models> models_;
};

}  // namespace likeness::align
