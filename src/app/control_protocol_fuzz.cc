// Fuzzes what reads a frame of control.sock, as the server and as the command do.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "app/control_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace likeness;  // NOLINT(google-build-using-namespace): a program of one file
  const ByteSpan bytes(data, size);
  const ByteSpan head = bytes.first(std::min(size, app::frame_head_bytes));
  const Result<std::size_t> length = app::decode_head(head);
  if (length.ok() && *length > app::max_frame_bytes) std::abort();
  const ByteSpan rest = bytes.subspan(head.size());
  (void)app::decode_answer(rest);
  const Result<app::ControlRequest> request = app::decode_request(rest);
  if (!request.ok()) return 0;
  const Result<Bytes> again = app::encode(*request);  // the order of names may differ, the meaning may not
  if (!again.ok()) std::abort();
  const Result<app::ControlRequest> same = app::decode_request(ByteSpan(*again).subspan(app::frame_head_bytes));
  if (!same.ok() || *same != *request) std::abort();
  return 0;
}
