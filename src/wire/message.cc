#include "wire/message.h"

#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/schema.h"
#include "wire/validation.h"

namespace likeness::wire {

Result<void> parse_into(const Shape& shape, void* message, std::string_view body) {
  return parse_into(shape, message, body, [](const void*) -> Result<void> { return {}; });
}

Result<void> parse_into(const Shape& shape, void* message, std::string_view body, const Inspect& inspect) {
  const UnknownNames unknown_names = TRY(read_json(shape, message, body));
  TRY(inspect(message));
  return validate(shape, message, unknown_names);
}

std::string to_json(const Shape& shape, const void* message) {
  std::string json;
  append_json(json, shape, message);
  return json;
}

}  // namespace likeness::wire
