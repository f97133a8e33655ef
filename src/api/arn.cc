#include "api/arn.h"

#include <optional>

namespace likeness::api {

namespace {

constexpr std::string_view scheme = "arn:";
constexpr std::string_view partition = "aws";
constexpr std::string_view service = "rekognition";
constexpr std::size_t quoted_characters = 100;

// What stands before the next colon, which goes away, too; nothing if there is none.
std::optional<std::string_view> take_part(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  return part;
}

bool is_account(std::string_view text) {
  constexpr std::size_t digits = 12;
  return text.size() == digits && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Error no_arn(std::string_view arn) {
  return {ErrorKind::invalid_argument, "Request has invalid parameters: '" +
                                           std::string(arn.substr(0, quoted_characters)) +
                                           "' is not the ARN of a resource of Amazon Rekognition"};
}

}  // namespace

std::string collection_resource(std::string_view collection_id) { return "collection/" + std::string(collection_id); }

std::string arn_of(const Caller& caller, std::string_view resource) {
  return std::string(scheme) + short_arn_of(caller, resource);
}

std::string short_arn_of(const Caller& caller, std::string_view resource) {
  std::string name;
  for (const std::string_view part :
       {partition, service, std::string_view(caller.region), std::string_view(caller.account)}) {
    name += part;
    name.push_back(':');
  }
  return name.append(resource);
}

Result<std::string> resource_of(const Caller& caller, std::string_view arn) {
  std::string_view rest = arn;
  if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  const std::optional<std::string_view> in_partition = take_part(rest);
  const std::optional<std::string_view> of_service = take_part(rest);
  const std::optional<std::string_view> region = take_part(rest);
  const std::optional<std::string_view> account = take_part(rest);
  // AWS's other partitions are "aws-cn" and the like.
  const bool is_arn = account && is_account(*account) && in_partition->starts_with(partition) &&
                      of_service == service && !region->empty() && !rest.empty();
  if (!is_arn) return no_arn(arn);
  if (*in_partition != partition || *region != caller.region || *account != caller.account) {
    return Error(ErrorKind::not_found,
                 "The resource " + std::string(arn.substr(0, quoted_characters)) + " does not exist");
  }
  return std::string(rest);
}

}  // namespace likeness::api
