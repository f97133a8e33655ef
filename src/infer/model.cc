#include "infer/model.h"

#include <exception>
#include <string>
#include <utility>

#include "infer/openvino_request.h"

namespace likeness::infer {

Variant::Variant(std::vector<ov::CompiledModel> compiled, const std::vector<std::size_t>& outputs)
    : compiled_(std::move(compiled)), input_shape_(compiled_.front().input().get_shape()) {
  requests_.reserve(compiled_.size());
  for (ov::CompiledModel& model : compiled_) {
    Request made{model.create_infer_request(), {}, {}};
    ov::Tensor input = made.request.get_input_tensor();
    made.input = {input.data<float>(), input.get_size()};
    for (const std::size_t index : outputs) {
      const ov::Tensor output = made.request.get_output_tensor(index);
      made.outputs.emplace_back(output.data<const float>(), output.get_size());
    }
    requests_.push_back(std::move(made));
  }
  free_.reserve(requests_.size());
  for (Request& request : requests_) free_.push_back(&request);
}

Request& Variant::take() {
  MutexLock lock(mutex_);
  while (free_.empty()) lock.wait(freed_);
  Request* request = free_.back();
  free_.pop_back();
  return *request;
}

void Variant::put_back(Request& request) {
  {
    const MutexLock lock(mutex_);
    free_.push_back(&request);
  }
  freed_.notify_one();
}

Session::~Session() {
  if (request_ != nullptr) variant_->put_back(*request_);
}

Session::Session(Session&& other) noexcept
    : variant_(other.variant_), request_(std::exchange(other.request_, nullptr)) {}

std::span<float> Session::input() const { return request_->input; }

Result<void> Session::run() const {
  try {
    request_->request.infer();
    return {};
  } catch (const std::exception& exception) {
    return Error(ErrorKind::internal, std::string("inference failed: ") + exception.what());
  }
}

std::span<const float> Session::output(std::size_t index) const { return request_->outputs.at(index); }

Model::Model(std::vector<std::unique_ptr<Variant>> variants) : variants_(std::move(variants)) {}
Model::~Model() = default;

const Shape& Model::input_shape(std::size_t shape) const { return variants_.at(shape)->input_shape(); }

std::size_t Model::output_floats(std::size_t shape, std::size_t output) const {
  return variants_.at(shape)->output_floats(output);
}

Session Model::acquire(std::size_t shape) const {
  Variant& variant = *variants_.at(shape);
  return {variant, variant.take()};
}

}  // namespace likeness::infer
