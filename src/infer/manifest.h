// What a model pack says of itself: models/*.toml, installed as pack.toml beside the model file.
//
// docs/models.md describes every field for whoever writes a pack of their own.
//
// Thread rule: plain values, and a pure function.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "image/pixel_format.h"

namespace likeness::infer {

enum class Task { face_detection, face_mesh, iris, face_embedding };

// The name of a task in manifests, for example "face_detection".
[[nodiscard]] const char* task_name(Task task);

// How pixels enter the model.
struct InputSpec {
  TensorFormat format;
  Size size;  // pixels; {0, 0}: chosen at start (multiples of 32)
};

// Comparisons of different people reach `cosine` at this rate, and that is called `similarity`.
struct CalibrationPoint {
  double false_match_rate = 0;  // (0,1]
  float cosine = 0;             // [-1,1]
  float similarity = 0;         // [0,100]
  bool extrapolated = false;    // no measurement stands behind the cosine
};

// Where the sharper of two faces has this sharpness (describe/quality.h), the distance of their embeddings, 1 - cosine,
// counts so many times: strangers reach what is left as seldom as sharp ones do.
struct BlurPoint {
  float sharpness = 0;        // [0,100]
  float distance_factor = 1;  // 1 or more
};

// An embedder that a joined one is made of.
struct JoinedPack {
  std::string name;
  float weight = 0;  // above 0; the cosine of joined embeddings is the mean of their members', so weighted
};

// Of a detector: the log odds that a detection is a face, from the logits of its score and of the mesh's
// (pipeline/face_confidence.h).
struct ConfidenceModel {
  float constant = 0;
  float detector = 0;  // 0 or more
  float mesh = 0;      // 0 or more
};

// The four numbers of embed/face_quality.h.
struct QualityModel {
  float intercept = 0;
  float norm = 0;       // 0 or more
  float sharpness = 0;  // 0 or more
  float cover = 0;      // 0 or less
};

struct Manifest {
  std::string name;  // [a-z0-9_]+
  Task task = Task::face_detection;
  std::string version;     // "MAJOR.MINOR"
  std::string file;        // name of the model file, in the folder of the manifest; empty of a joined embedder
  std::string sha256;      // of that file, lower-case hexadecimal; empty too
  std::string licence;     // SPDX identifier
  std::string provenance;  // who made it, from which data, and what is not known
  bool bf16 = false;       // measured: bfloat16 costs no accuracy
  InputSpec input;
  // What [detector], [mesh] or [embedder] says: numbers (booleans as 0 and 1), and texts.
  std::map<std::string, double> parameters;
  std::map<std::string, std::string> texts;
  std::vector<std::string> outputs;           // of a detector, in its decoder's order; empty: the decoder's own names
  std::vector<Point> chip_points;             // where an embedder's five points lie in its chip; empty: ArcFace's
  std::vector<JoinedPack> joined;             // two to four; empty: an embedder of its own, or no embedder
  std::vector<CalibrationPoint> calibration;  // rising cosine and similarity, falling rate; may be empty
  std::vector<BlurPoint> blur;                // rising sharpness, falling factor, 1 at the end; may be empty
  std::optional<QualityModel> quality;
  std::optional<ConfidenceModel> confidence;
  std::map<std::string, std::vector<double>> expected;  // on a known picture: evaluate/pack_check.h; may be empty

  // The number or text of that name. Errors: corrupt, naming it.
  [[nodiscard]] Result<double> parameter(const std::string& key) const;
  [[nodiscard]] Result<std::string> text(const std::string& key) const;
};

// Errors: corrupt (no TOML, a field is absent or of the wrong type, or the calibration does not rise).
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view toml);

}  // namespace likeness::infer
