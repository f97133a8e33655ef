#include "api/operations.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "api/associate_faces.h"
#include "api/collections.h"
#include "api/compare_faces.h"
#include "api/corrections.h"
#include "api/detect_faces.h"
#include "api/error_table.h"
#include "api/explain_similarity.h"
#include "api/faces.h"
#include "api/index_faces.h"
#include "api/search_faces.h"
#include "api/search_users.h"
#include "api/tags.h"
#include "api/users.h"
#include "wire/message.h"
#include "wire/schema.h"

namespace likeness::api {

namespace {

// An operation that works on the request alone.
template <typename Request, typename ResponseType>
Result<std::string> answer(Result<ResponseType> (*action)(const Request&, const Services&), std::string_view body,
                           const Services& services, const Caller& /*caller*/, const wire::Inspect& inspect) {
  const Request request = TRY(wire::parse<Request>(body, inspect));
  const ResponseType response = TRY(action(request, services));
  return wire::to_json(response);
}

// An operation on what is kept for the caller's account.
template <typename Request, typename ResponseType>
Result<std::string> answer(Result<ResponseType> (*action)(const Request&, const Services&, const Caller&),
                           std::string_view body, const Services& services, const Caller& caller,
                           const wire::Inspect& inspect) {
  const Request request = TRY(wire::parse<Request>(body, inspect));
  ResponseType response = TRY(action(request, services, caller));
  if constexpr (std::is_same_v<ResponseType, std::string>) {
    return response;  // JSON already: it may be the answer of an earlier call
  } else {
    return wire::to_json(response);
  }
}

using Run = Result<std::string> (*)(std::string_view body, const Services& services, const Caller& caller,
                                    const wire::Inspect& inspect);

struct Row {
  wire::Operation operation;
  Run run;
};

template <auto action>
constexpr Run run_by = [](std::string_view body, const Services& services, const Caller& caller,
                          const wire::Inspect& inspect) { return answer(action, body, services, caller, inspect); };

// One row for each operation that contract/operations.toml says is answered; api_test.cc compares the two.
constexpr Row rows[] = {
    {wire::Operation::associate_faces, run_by<associate_faces>},
    {wire::Operation::compare_faces, run_by<compare_faces>},
    {wire::Operation::create_collection, run_by<create_collection>},
    {wire::Operation::create_user, run_by<create_user>},
    {wire::Operation::delete_collection, run_by<delete_collection>},
    {wire::Operation::delete_faces, run_by<delete_faces>},
    {wire::Operation::delete_user, run_by<delete_user>},
    {wire::Operation::describe_collection, run_by<describe_collection>},
    {wire::Operation::detect_faces, run_by<detect_faces>},
    {wire::Operation::disassociate_faces, run_by<disassociate_faces>},
    {wire::Operation::explain_similarity, run_by<explain_similarity>},
    {wire::Operation::index_faces, run_by<index_faces>},
    {wire::Operation::list_collections, run_by<list_collections>},
    {wire::Operation::list_faces, run_by<list_faces>},
    {wire::Operation::list_rejections, run_by<list_rejections>},
    {wire::Operation::list_tags_for_resource, run_by<list_tags_for_resource>},
    {wire::Operation::list_users, run_by<list_users>},
    {wire::Operation::merge_users, run_by<merge_users>},
    {wire::Operation::reject_match, run_by<reject_match>},
    {wire::Operation::retract_rejection, run_by<retract_rejection>},
    {wire::Operation::search_faces, run_by<search_faces>},
    {wire::Operation::search_faces_by_image, run_by<search_faces_by_image>},
    {wire::Operation::search_users, run_by<search_users>},
    {wire::Operation::search_users_by_image, run_by<search_users_by_image>},
    {wire::Operation::split_user, run_by<split_user>},
    {wire::Operation::tag_resource, run_by<tag_resource>},
    {wire::Operation::untag_resource, run_by<untag_resource>},
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
  if (!valid.ok()) return error_response(operation, valid.error());
  return error_response(
      error_row(Failure::unsupported_operation),
      std::string(wire::name(operation)) +
          " is not available on this server yet; docs/api-coverage.md lists every operation and its state");
}

}  // namespace

bool is_answered(wire::Operation operation) { return find_row(operation) != nullptr; }

Response run_operation(wire::Operation operation, std::string_view body, const Services& services, const Caller& caller,
                       const wire::Inspect& inspect) {
  const Row* row = find_row(operation);
  if (row == nullptr) return refuse_unwritten(operation, body, inspect);
  Result<std::string> json = row->run(body, services, caller, inspect);
  if (!json.ok()) return error_response(operation, json.error());
  Response response;
  response.body = *std::move(json);
  return response;
}

}  // namespace likeness::api
