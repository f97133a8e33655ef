#include "app/control_protocol.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace likeness::app {

namespace {

constexpr std::string_view magic = "LKC1";
constexpr std::string_view ok_word = "ok";
constexpr std::string_view failed_word = "failed";

Error malformed() {
  return {ErrorKind::malformed,
          "the other side of control.sock speaks another form; are server and command of one version?"};
}

void append_length(Bytes& out, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(length >> shift));
}

std::size_t length_of(ByteSpan four) {
  std::size_t length = 0;
  for (const std::uint8_t byte : four) length = length << 8U | byte;
  return length;
}

Result<Bytes> encode_texts(const std::vector<std::string_view>& texts) {
  std::size_t size = 0;
  for (const std::string_view text : texts) size += 4 + text.size();
  if (size > max_frame_bytes || texts.size() > max_frame_texts) {
    return Error(ErrorKind::limit_exceeded, "this is more than control.sock carries at once (4 MiB, 1024 texts)");
  }
  Bytes out(magic.begin(), magic.end());
  append_length(out, size);
  for (const std::string_view text : texts) {
    append_length(out, text.size());
    out.insert(out.end(), text.begin(), text.end());
  }
  return out;
}

Result<std::vector<std::string>> decode_texts(ByteSpan bytes) {
  if (bytes.size() > max_frame_bytes) return malformed();
  std::vector<std::string> texts;
  while (!bytes.empty()) {
    if (bytes.size() < 4 || texts.size() == max_frame_texts) return malformed();
    const std::size_t length = length_of(bytes.first(4));
    bytes = bytes.subspan(4);
    if (length > bytes.size()) return malformed();
    texts.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    bytes = bytes.subspan(length);
  }
  return texts;
}

}  // namespace

std::string_view ControlRequest::value(std::string_view name) const {
  const auto found = arguments.find(std::string(name));
  return found == arguments.end() || found->second.empty() ? std::string_view() : found->second.front();
}

std::vector<std::string> ControlRequest::values(std::string_view name) const {
  const auto found = arguments.find(std::string(name));
  return found == arguments.end() ? std::vector<std::string>() : found->second;
}

Result<Bytes> encode(const ControlRequest& request) {
  std::vector<std::string_view> texts = {request.command};
  for (const auto& [name, values] : request.arguments) {
    for (const std::string& value : values) texts.insert(texts.end(), {name, value});
  }
  return encode_texts(texts);
}

Result<Bytes> encode(const ControlAnswer& answer) {
  return encode_texts({answer.ok ? ok_word : failed_word, answer.text});
}

Result<std::size_t> decode_head(ByteSpan head) {
  if (head.size() != frame_head_bytes || !std::equal(magic.begin(), magic.end(), head.begin())) return malformed();
  const std::size_t length = length_of(head.subspan(magic.size()));
  if (length > max_frame_bytes) return malformed();
  return length;
}

Result<ControlRequest> decode_request(ByteSpan bytes) {
  std::vector<std::string> texts = TRY(decode_texts(bytes));
  if (texts.size() % 2 != 1) return malformed();
  ControlRequest request;
  request.command = std::move(texts.front());
  for (std::size_t i = 1; i < texts.size(); i += 2) {
    request.arguments[std::move(texts[i])].push_back(std::move(texts[i + 1]));
  }
  return request;
}

Result<ControlAnswer> decode_answer(ByteSpan bytes) {
  std::vector<std::string> texts = TRY(decode_texts(bytes));
  if (texts.size() != 2 || (texts[0] != ok_word && texts[0] != failed_word)) return malformed();
  return ControlAnswer{.ok = texts[0] == ok_word, .text = std::move(texts[1])};
}

}  // namespace likeness::app
