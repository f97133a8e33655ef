#include "api/operations.h"

#include <algorithm>
#include <string>

#include "api/compare_faces.h"
#include "api/detect_faces.h"
#include "api/error_table.h"
#include "wire/message.h"
#include "wire/schema.h"

namespace likeness::api {

namespace {

template <typename Request, typename ResponseType>
using Action = Result<ResponseType> (*)(const Request&, const Services&);

template <typename Request, typename ResponseType>
Result<std::string> answer(Action<Request, ResponseType> action, std::string_view body, const Services& services,
                           const wire::Inspect& inspect) {
  const Request request = TRY(wire::parse<Request>(body, inspect));
  const ResponseType response = TRY(action(request, services));
  return wire::to_json(response);
}

struct Row {
  wire::Operation operation;
  Result<std::string> (*run)(std::string_view body, const Services& services, const wire::Inspect& inspect);
};

// One row for each operation that contract/operations.toml says is answered; operations_test.cc compares the two.
constexpr Row rows[] = {
    {wire::Operation::compare_faces,
     [](std::string_view body, const Services& services, const wire::Inspect& inspect) {
       return answer(compare_faces, body, services, inspect);
     }},
    {wire::Operation::detect_faces,
     [](std::string_view body, const Services& services, const wire::Inspect& inspect) {
       return answer(detect_faces, body, services, inspect);
     }},
};

const Row* find_row(wire::Operation operation) {
  const auto* found =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.operation == operation; });
  return found == std::end(rows) ? nullptr : found;
}

Response refuse_unwritten(wire::Operation operation, std::string_view body, const wire::Inspect& inspect) {
  const wire::Shape& shape = wire::request_shape(operation);
  const wire::AnyStructure request = shape.make();
  const Result<void> valid = wire::parse_into(shape, request.get(), body, inspect);
  if (!valid.ok()) return error_response(valid.error());
  return error_response(
      error_row(Failure::unsupported_operation),
      std::string(wire::name(operation)) +
          " is not available on this server yet; docs/api-coverage.md lists every operation and its state");
}

}  // namespace

bool is_answered(wire::Operation operation) { return find_row(operation) != nullptr; }

Response run_operation(wire::Operation operation, std::string_view body, const Services& services,
                       const wire::Inspect& inspect) {
  const Row* row = find_row(operation);
  if (row == nullptr) return refuse_unwritten(operation, body, inspect);
  Result<std::string> json = row->run(body, services, inspect);
  if (!json.ok()) return error_response(json.error());
  Response response;
  response.body = *std::move(json);
  return response;
}

}  // namespace likeness::api
