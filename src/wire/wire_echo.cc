// A tool of the tests: reads messages, writes what was understood of them.
//
// Each line of the input is "request" or "response", a tab, the name of an operation, a tab, and JSON. Each line of the
// output is "ok", a tab and the message in our own JSON; or the kind of the error, a tab and its message as a JSON
// string. Requests are checked as the server checks them, responses are only read.
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "wire/json_reader.h"
#include "wire/message.h"
#include "wire/rekognition/operations.h"
#include "wire/schema.h"

namespace likeness::wire {
namespace {

Result<std::string> echo(std::string_view line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = line.find('\t', first + 1);
  if (second == std::string_view::npos) return Error(ErrorKind::internal, "the line has no two tabs");
  const bool is_request = line.substr(0, first) == "request";
  const std::optional<Operation> operation = find_operation(line.substr(first + 1, second - first - 1));
  if (!operation) return Error(ErrorKind::internal, "no such operation");
  const std::string_view body = line.substr(second + 1);

  const Shape& shape = is_request ? request_shape(*operation) : response_shape(*operation);
  const AnyStructure message = shape.make();
  if (is_request) {
    TRY(parse_into(shape, message.get(), body));
  } else {
    TRY(read_json(shape, message.get(), body));
  }
  return to_json(shape, message.get());
}

}  // namespace
}  // namespace likeness::wire

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const likeness::Result<std::string> answer = likeness::wire::echo(line);
    std::string text;
    if (answer.ok()) {
      text = "ok\t" + answer.value();
    } else {
      text = std::string(likeness::error_kind_name(answer.error().kind)) + "\t";
      likeness::append_json_string(text, answer.error().message);
    }
    std::cout << text << '\n' << std::flush;  // flushed: the other side waits for it
  }
}
