#include "api/operation_target.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "policy/arn.h"

namespace likeness::api {

namespace {

using wire::Operation;

// How a request names a resource.
enum class Form : std::uint8_t {
  none,
  collection,              // by its id
  collection_user,         // as collection, and a user of it by the member UserId
  every_collection,        // all there are
  stream_processor,        // by its name
  every_stream_processor,  // all there are
  new_project,             // by its name
  arn,                     // by its ARN
  arns,                    // a list of structures, each with an ARN in its member Arn
};

enum class Presence : std::uint8_t { needed, if_there };

struct Naming {
  Form form = Form::none;
  std::string_view member = {};  // path from the request: "Settings.FaceSearch.CollectionId"
  Presence presence = Presence::needed;
};

// What a request makes: tags that come with it need a permission on this.
enum class Makes : std::uint8_t { nothing, collection, stream_processor, project, project_version, dataset };

struct Row {
  Operation operation;
  std::array<Naming, 3> namings = {};
  Makes makes = Makes::nothing;
};

constexpr Naming naming_of(Form form, std::string_view member, Presence presence = Presence::needed) {
  return {.form = form, .member = member, .presence = presence};
}

constexpr Naming collection = naming_of(Form::collection, "CollectionId");
constexpr Naming collection_user = naming_of(Form::collection_user, "CollectionId");
constexpr Naming stream_processor = naming_of(Form::stream_processor, "Name");
constexpr Naming project = naming_of(Form::arn, "ProjectArn");
constexpr Naming project_version = naming_of(Form::arn, "ProjectVersionArn");
constexpr Naming dataset = naming_of(Form::arn, "DatasetArn");
constexpr Naming resource = naming_of(Form::arn, "ResourceArn");

// One for each operation, in the order of the enumeration.
constexpr std::array<Row, wire::operation_count> rows = {{
    {Operation::associate_faces, {collection_user}},
    {Operation::compare_faces},
    {Operation::copy_project_version,
     {naming_of(Form::arn, "SourceProjectVersionArn"), naming_of(Form::arn, "SourceProjectArn"),
      naming_of(Form::arn, "DestinationProjectArn")},
     Makes::project_version},
    {Operation::create_collection, {collection}, Makes::collection},
    {Operation::create_dataset, {project}, Makes::dataset},
    {Operation::create_face_liveness_session},
    {Operation::create_project, {naming_of(Form::new_project, "ProjectName")}, Makes::project},
    {Operation::create_project_version, {project}, Makes::project_version},
    {Operation::create_stream_processor,
     {stream_processor, naming_of(Form::collection, "Settings.FaceSearch.CollectionId", Presence::if_there)},
     Makes::stream_processor},
    {Operation::create_user, {collection_user}},
    {Operation::delete_collection, {collection}},
    {Operation::delete_dataset, {dataset}},
    {Operation::delete_faces, {collection}},
    {Operation::delete_project, {project}},
    {Operation::delete_project_policy, {project}},
    {Operation::delete_project_version, {project_version}},
    {Operation::delete_stream_processor, {stream_processor}},
    {Operation::delete_user, {collection_user}},
    {Operation::describe_collection, {collection}},
    {Operation::describe_dataset, {dataset}},
    {Operation::describe_project_versions, {project}},
    {Operation::describe_projects},
    {Operation::describe_stream_processor, {stream_processor}},
    {Operation::detect_custom_labels, {project_version}},
    {Operation::detect_faces},
    {Operation::detect_labels},
    {Operation::detect_moderation_labels, {naming_of(Form::arn, "ProjectVersion", Presence::if_there)}},
    {Operation::detect_protective_equipment},
    {Operation::detect_text},
    {Operation::disassociate_faces, {collection_user}},
    {Operation::distribute_dataset_entries, {naming_of(Form::arns, "Datasets")}},
    {Operation::explain_similarity},
    {Operation::get_celebrity_info},
    {Operation::get_celebrity_recognition},
    {Operation::get_content_moderation},
    {Operation::get_face_detection},
    {Operation::get_face_liveness_session_results},
    {Operation::get_face_search},
    {Operation::get_label_detection},
    {Operation::get_media_analysis_job},
    {Operation::get_person_tracking},
    {Operation::get_segment_detection},
    {Operation::get_text_detection},
    {Operation::index_faces, {collection}},
    {Operation::list_collections, {naming_of(Form::every_collection, {})}},
    {Operation::list_dataset_entries, {dataset}},
    {Operation::list_dataset_labels, {dataset}},
    {Operation::list_faces, {collection}},
    {Operation::list_media_analysis_jobs},
    {Operation::list_project_policies, {project}},
    {Operation::list_rejections, {collection}},
    {Operation::list_stream_processors, {naming_of(Form::every_stream_processor, {})}},
    {Operation::list_tags_for_resource, {resource}},
    {Operation::list_users, {collection}},
    {Operation::merge_users, {collection}},
    {Operation::put_project_policy, {project}},
    {Operation::recognize_celebrities},
    {Operation::reject_match, {collection}},
    {Operation::retract_rejection, {collection}},
    {Operation::search_faces, {collection}},
    {Operation::search_faces_by_image, {collection}},
    {Operation::search_users, {collection_user}},
    {Operation::search_users_by_image, {collection}},
    {Operation::split_user, {collection}},
    {Operation::start_celebrity_recognition},
    {Operation::start_content_moderation},
    {Operation::start_face_detection},
    {Operation::start_face_search, {collection}},
    {Operation::start_label_detection},
    {Operation::start_media_analysis_job,
     {naming_of(Form::arn, "OperationsConfig.DetectModerationLabels.ProjectVersion", Presence::if_there)}},
    {Operation::start_person_tracking},
    {Operation::start_project_version, {project_version}},
    {Operation::start_segment_detection},
    {Operation::start_stream_processor, {stream_processor}},
    {Operation::start_text_detection},
    {Operation::stop_project_version, {project_version}},
    {Operation::stop_stream_processor, {stream_processor}},
    {Operation::tag_resource, {resource}},
    {Operation::untag_resource, {resource}},
    {Operation::update_dataset_entries, {dataset}},
    {Operation::update_stream_processor, {stream_processor}},
}};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].operation) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order(), "a row is missing or stands in another's place");

const Row& row_of(Operation operation) { return rows[static_cast<std::size_t>(operation)]; }

// A value somewhere in a request, with its shape. `value` is null if it is absent.
struct Found {
  const wire::Shape* shape = nullptr;
  const void* value = nullptr;
};

Found find(const wire::Shape& shape, const void* structure, std::string_view path) {
  Found found{.shape = &shape, .value = structure};
  while (!path.empty() && found.value != nullptr) {
    const std::size_t dot = path.find('.');
    const auto members = found.shape->members;
    const auto member = std::ranges::find(members, path.substr(0, dot), &wire::Member::name);
    if (member == members.end()) return {};
    found = {.shape = member->shape, .value = member->find(found.value)};
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  return found;
}

// The text of a string, or the start of one that is too long to pass validation. Empty if it is absent.
std::string text_of(const wire::Shape& shape, const void* structure, std::string_view path) {
  const Found found = find(shape, structure, path);
  if (found.value == nullptr || found.shape->kind != wire::Kind::string) return {};
  return static_cast<const std::string*>(found.value)->substr(0, max_resource_name);
}

std::string tag_text(const void* text) { return static_cast<const std::string*>(text)->substr(0, max_tag_text); }

// In the one spelling that policies are written in. What is no ARN stays as it is; no operation takes it either.
std::string canonical(const std::string& name) {
  const auto parsed = policy::parse_arn(name);
  return parsed ? policy::to_string(*parsed) : name;
}

class Reader {
 public:
  Reader(Operation operation, const void* request, const Place& place)
      : row_(row_of(operation)), shape_(wire::request_shape(operation)), request_(request), place_(place) {}

  [[nodiscard]] Target read() {
    read_tags();
    for (const Naming& naming : row_.namings) add(naming);
    if (target_.permissions.empty()) need({"*"});
    if (row_.makes != Makes::nothing && !target_.tags.empty()) {
      target_.permissions.push_back({.action = action_of(Operation::tag_resource), .names = {arn(made())}});
    }
    return std::move(target_);
  }

 private:
  [[nodiscard]] std::string text(std::string_view path) const { return text_of(shape_, request_, path); }

  [[nodiscard]] std::string arn(std::string of_resource) const {
    return policy::to_string({.service = std::string(policy::rekognition_service),
                              .region = place_.region,
                              .account = place_.account,
                              .resource = std::move(of_resource)});
  }

  [[nodiscard]] std::string milliseconds() const {
    return std::to_string(std::chrono::floor<std::chrono::milliseconds>(place_.time).time_since_epoch().count());
  }

  void need(std::vector<std::string> names) {
    target_.permissions.push_back({.action = action_of(row_.operation), .names = std::move(names)});
  }

  void add(const Naming& naming) {
    if (naming.presence == Presence::if_there && find(shape_, request_, naming.member).value == nullptr) return;
    switch (naming.form) {
      case Form::none: return;
      case Form::collection: return need({arn(policy::collection_resource(text(naming.member)))});
      case Form::collection_user: return add_collection_user(text(naming.member));
      case Form::every_collection: return need({arn(policy::collection_resource("*"))});
      case Form::stream_processor: return need({arn(policy::stream_processor_resource(text(naming.member)))});
      case Form::every_stream_processor: return need({arn(policy::stream_processor_resource("*"))});
      case Form::new_project: return need({arn(policy::project_resource(text(naming.member), milliseconds()))});
      case Form::arn: return need({canonical(text(naming.member))});
      case Form::arns: return add_arns(naming.member);
    }
  }

  void add_collection_user(const std::string& collection_id) {
    std::vector<std::string> names = {arn(policy::collection_resource(collection_id))};
    if (find(shape_, request_, "UserId").value != nullptr) {
      names.push_back(arn(policy::user_resource(collection_id, text("UserId"))));
    }
    need(std::move(names));
  }

  void add_arns(std::string_view member) {
    const Found list = find(shape_, request_, member);
    if (list.value == nullptr || list.shape->kind != wire::Kind::list) return;
    for (std::size_t i = 0; i < list.shape->list->size(list.value); ++i) {
      need({canonical(text_of(*list.shape->element, list.shape->list->at(list.value, i), "Arn"))});
    }
  }

  void read_tags() {
    const Found tags = find(shape_, request_, "Tags");
    if (tags.value != nullptr && tags.shape->kind == wire::Kind::map) {
      tags.shape->map->each(tags.value, [this](const std::string& key, const void* value) {
        target_.tag_keys.push_back(tag_text(&key));
        target_.tags.emplace(target_.tag_keys.back(), tag_text(value));
      });
    }
    const Found keys = find(shape_, request_, "TagKeys");
    if (keys.value == nullptr || keys.shape->kind != wire::Kind::list) return;
    for (std::size_t i = 0; i < keys.shape->list->size(keys.value); ++i) {
      target_.tag_keys.push_back(tag_text(keys.shape->list->at(keys.value, i)));
    }
  }

  // "train", as in ARNs, of "TRAIN".
  [[nodiscard]] std::string dataset_type() const {
    const Found type = find(shape_, request_, "DatasetType");
    if (type.value == nullptr || type.shape->kind != wire::Kind::enumeration) return {};
    const std::int32_t index = type.shape->enumeration->get(type.value);
    if (index == wire::unknown_enumerator) return {};
    std::string name(type.shape->enumeration->names[static_cast<std::size_t>(index)]);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  }

  // The project in which something is made.
  [[nodiscard]] std::string parent() const {
    const bool is_copy = row_.operation == Operation::copy_project_version;
    const auto parsed = policy::parse_arn(text(is_copy ? "DestinationProjectArn" : "ProjectArn"));
    return parsed ? std::string(policy::project_of(parsed->resource)) : std::string();
  }

  [[nodiscard]] std::string made() const {
    switch (row_.makes) {
      case Makes::nothing: break;
      case Makes::collection: return policy::collection_resource(text("CollectionId"));
      case Makes::stream_processor: return policy::stream_processor_resource(text("Name"));
      case Makes::project: return policy::project_resource(text("ProjectName"), milliseconds());
      case Makes::project_version:
        return policy::project_version_resource(parent(), text("VersionName"), milliseconds());
      case Makes::dataset: return policy::dataset_resource(parent(), dataset_type(), milliseconds());
    }
    return {};
  }

  const Row& row_;
  const wire::Shape& shape_;
  const void* request_;
  const Place& place_;
  Target target_;
};

std::string in_braces(std::string_view member) { return "{" + std::string(member) + "}"; }

std::string describe(const Naming& naming) {
  switch (naming.form) {
    case Form::none: return {};
    case Form::collection: return policy::collection_resource(in_braces(naming.member));
    case Form::collection_user:
      return policy::collection_resource(in_braces(naming.member)) + " or " +
             policy::user_resource(in_braces(naming.member), "{UserId}");
    case Form::every_collection: return policy::collection_resource("*");
    case Form::stream_processor: return policy::stream_processor_resource(in_braces(naming.member));
    case Form::every_stream_processor: return policy::stream_processor_resource("*");
    case Form::new_project: return policy::project_resource(in_braces(naming.member), "{now}");
    case Form::arn: return in_braces(naming.member);
    case Form::arns: return "each {" + std::string(naming.member) + "}[].Arn";
  }
  return {};
}

}  // namespace

std::string action_of(Operation operation) {
  const bool is_amazons = wire::target_prefix_of(operation) == wire::target_prefix;
  return (is_amazons ? "rekognition:" : "likeness:") + std::string(wire::name(operation));
}

Target target_of(Operation operation, const void* request, const Place& place) {
  return Reader(operation, request, place).read();
}

std::string describe_resources(Operation operation) {
  const Row& row = row_of(operation);
  std::string text;
  bool all_optional = true;
  for (const Naming& naming : row.namings) {
    if (naming.form == Form::none) continue;
    const bool is_optional = naming.presence == Presence::if_there;
    all_optional = all_optional && is_optional;
    text += (text.empty() ? "" : ", and ") + describe(naming) + (is_optional ? " if given" : "");
  }
  if (text.empty()) return "*";
  if (all_optional) text += ", else *";
  return row.makes == Makes::nothing ? text : text + "; with Tags also TagResource on what is made";
}

}  // namespace likeness::api
