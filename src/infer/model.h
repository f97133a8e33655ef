// A compiled model and the right to run it.
//
//   Session session = model.acquire(0);          // one of `threads` requests compiled for shape 0
//   fill(session.input());                       // written in place: no copy on the way in or out
//   TRY(session.run());
//   read(session.output(0));
//
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace likeness::infer {

using Shape = std::vector<std::size_t>;

struct Request;  // OpenVINO's inference request with its tensors
class Variant;   // the model compiled for one shape, and its free requests

// The exclusive use of one request. Its tensors keep their place, so spans stay valid as long as the Session.
// Thread rule: thread-compatible; belongs to the thread that acquired it.
class Session {
 public:
  ~Session();
  Session(Session&& other) noexcept;
  Session& operator=(Session&&) = delete;

  // In the layout of the pack's input. Holds whatever the last run left there.
  [[nodiscard]] std::span<float> input() const;
  // On this thread, to the end. Errors: internal.
  [[nodiscard]] Result<void> run() const;
  // The output that was named at this place when the model was loaded; of the last run.
  [[nodiscard]] std::span<const float> output(std::size_t index) const;

 private:
  friend class Model;
  Session(Variant& variant, Request& request) : variant_(&variant), request_(&request) {}
  Variant* variant_;
  Request* request_;  // null after a move
};

// Thread rule: const and thread-safe after construction. Must outlive its sessions.
class Model {
 public:
  explicit Model(std::vector<std::unique_ptr<Variant>> variants);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  [[nodiscard]] std::size_t shape_count() const { return variants_.size(); }
  // As given to Runtime::load(), or as read from the file. Precondition here and below: shape < shape_count().
  [[nodiscard]] const Shape& input_shape(std::size_t shape) const;
  // How many floats an output has, counted as in Session::output().
  [[nodiscard]] std::size_t output_floats(std::size_t shape, std::size_t output) const;
  // Waits while all requests of that shape are in use: give the Runtime as many threads as run models. A thread holds
  // at most one session of a shape at a time.
  [[nodiscard]] Session acquire(std::size_t shape) const;

 private:
  std::vector<std::unique_ptr<Variant>> variants_;
};

}  // namespace likeness::infer
