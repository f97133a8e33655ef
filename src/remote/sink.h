// Where the bytes of a download go: memory or an open file. A retry may start the download over.
//
// Thread rule: one thread at a time.
#pragma once

#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace likeness::remote {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  // Takes the next bytes. An error ends the download, and is its result.
  [[nodiscard]] virtual Result<void> write(ByteSpan bytes) = 0;
  // Forgets what was written, because the download starts over. False if that cannot be done; then it is not retried.
  [[nodiscard]] virtual bool restart() = 0;
};

// Into memory. The limit of the download bounds it.
class BytesSink final : public Sink {
 public:
  [[nodiscard]] Result<void> write(ByteSpan bytes) override;
  [[nodiscard]] bool restart() override;
  // What was written; the sink is empty afterwards.
  [[nodiscard]] Bytes take() { return std::exchange(bytes_, {}); }

 private:
  Bytes bytes_;
};

// Into a regular file from its beginning, which must be empty; or into a pipe, where nothing can be taken back.
// Ownership: the descriptor stays the caller's.
class FileSink final : public Sink {
 public:
  explicit FileSink(int descriptor) : descriptor_(descriptor) {}
  // Errors: unavailable (the disk is full, the reader of the pipe is gone).
  [[nodiscard]] Result<void> write(ByteSpan bytes) override;
  [[nodiscard]] bool restart() override;

 private:
  int descriptor_;
};

}  // namespace likeness::remote
