// The inference engine (OpenVINO) and its settings. Only this room knows it.
//
// Models are compiled when they are loaded, at start; nothing here or behind it compiles for a request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/model.h"
#include "infer/pack.h"

namespace likeness::infer {

enum class Precision {
  automatic,  // bfloat16 where the CPU computes in it and the pack allows it, else f32
  f32,
};

struct RuntimeOptions {
  // How many threads may run a model at the same time; each inference runs on the one thread that asks for it
  // (measured: two threads give 1.95x of one, and one picture in flight on two cores gives less).
  int threads = 1;
  // Where compiled models are kept between starts; empty: nowhere. Made if it does not exist; safe to delete.
  std::string cache_folder = {};
  Precision precision = Precision::automatic;
};

// Thread rule: load() from one thread at a time; compilations() from any thread.
// Ownership: models stay valid without their Runtime.
class Runtime {
 public:
  // Errors: unavailable (the engine's libraries or the cache folder are not usable).
  [[nodiscard]] static Result<std::unique_ptr<Runtime>> create(const RuntimeOptions& options);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Compiles the pack once for each input shape (empty: for the one in the file) and looks up its outputs.
  // Errors: corrupt (the engine cannot read the file), invalid_argument (shape or output name do not fit the model).
  [[nodiscard]] Result<std::unique_ptr<Model>> load(const Pack& pack, const std::vector<Shape>& input_shapes,
                                                    const std::vector<std::string>& output_names);

  // Compilations so far, one for each thread, shape and model; those answered from the cache folder included.
  [[nodiscard]] std::int64_t compilations() const;
  // Whether a pack that allows it computes in bfloat16.
  [[nodiscard]] bool uses_bf16() const;

 private:
  struct Engine;
  explicit Runtime(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace likeness::infer
