#include "policy/arn.h"

namespace likeness::policy {

namespace {

constexpr std::string_view scheme = "arn:";
constexpr std::string_view partition = "aws";
constexpr std::string_view project_prefix = "project/";
constexpr std::string_view collection_prefix = "collection/";

// What stands before the next colon, which goes away, too; nothing if there is none.
std::optional<std::string_view> take_part(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  return part;
}

template <typename... Parts>
std::string joined(Parts... parts) {
  std::string text;
  (text.append(std::string_view(parts)), ...);
  return text;
}

}  // namespace

std::string to_string(const Arn& arn) {
  return joined(scheme, partition, ":", arn.service, ":", arn.region, ":", arn.account, ":", arn.resource);
}

std::optional<Arn> parse_arn(std::string_view text) {
  if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  const std::optional<std::string_view> in_partition = take_part(text);
  const std::optional<std::string_view> service = take_part(text);
  const std::optional<std::string_view> region = take_part(text);
  const std::optional<std::string_view> account = take_part(text);
  if (!account || !in_partition->starts_with(partition) || service->empty() || text.empty()) return std::nullopt;
  return Arn{.service = std::string(*service),
             .region = std::string(*region),
             .account = std::string(*account),
             .resource = std::string(text)};
}

std::vector<std::string> names_of(std::string_view arn) {
  std::optional<Arn> parsed = parse_arn(arn);
  if (!parsed) return {std::string(arn)};
  std::vector<std::string> names = {to_string(*parsed)};
  const std::size_t user = parsed->resource.find("/user/");
  if (!parsed->resource.starts_with(collection_prefix) || user == std::string::npos) return names;
  parsed->resource.resize(user);
  names.insert(names.begin(), to_string(*parsed));
  return names;
}

std::string collection_resource(std::string_view id) { return joined(collection_prefix, id); }

std::string user_resource(std::string_view collection_id, std::string_view user_id) {
  return joined(collection_prefix, collection_id, "/user/", user_id);
}

std::string stream_processor_resource(std::string_view name) { return joined("streamprocessor/", name); }

std::string project_resource(std::string_view name, std::string_view milliseconds) {
  return joined(project_prefix, name, "/", milliseconds);
}

std::string project_version_resource(std::string_view project, std::string_view version,
                                     std::string_view milliseconds) {
  return joined(project_prefix, project, "/version/", version, "/", milliseconds);
}

std::string dataset_resource(std::string_view project, std::string_view type, std::string_view milliseconds) {
  return joined(project_prefix, project, "/dataset/", type, "/", milliseconds);
}

std::string_view project_of(std::string_view resource) {
  if (!resource.starts_with(project_prefix)) return {};
  resource.remove_prefix(project_prefix.size());
  return resource.substr(0, resource.find('/'));
}

std::string caller_arn(std::string_view account, std::string_view access_key_id) {
  return joined(scheme, partition, ":iam::", account, ":user/", access_key_id);
}

}  // namespace likeness::policy
