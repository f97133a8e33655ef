// What Runtime makes and Model runs: private to this room, because it brings OpenVINO's headers.
//
// Thread rule: Variant's methods may be called from any thread.
#pragma once

#include <condition_variable>
#include <openvino/openvino.hpp>
#include <span>
#include <vector>

#include "base/thread_annotations.h"
#include "infer/model.h"

namespace likeness::infer {

struct Request {
  ov::InferRequest request;
  std::span<float> input;
  std::vector<std::span<const float>> outputs;
};

class Variant {
 public:
  // One compiled model for each request, each with one stream: a compiled model with several streams hands its streams
  // to threads by an order of its own, and two threads may meet at the lock of one (measured: two threads gave 1.6x of
  // one). Throws what OpenVINO throws. Precondition: not empty; outputs are indices of the model's outputs; all tensors
  // are f32.
  Variant(std::vector<ov::CompiledModel> compiled, const std::vector<std::size_t>& outputs);

  [[nodiscard]] const Shape& input_shape() const { return input_shape_; }
  [[nodiscard]] std::size_t output_floats(std::size_t output) const {
    return requests_.front().outputs.at(output).size();
  }
  // Waits until a request is free.
  [[nodiscard]] Request& take();
  void put_back(Request& request);

 private:
  std::vector<ov::CompiledModel> compiled_;
  Shape input_shape_;
  std::vector<Request> requests_;
  Mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<Request*> free_ GUARDED_BY(mutex_);
};

}  // namespace likeness::infer
