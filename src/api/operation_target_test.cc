#include "api/operation_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "policy/actions.h"
#include "policy/ready_made.h"
#include "wire/json_reader.h"

namespace likeness::api {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Pair;
using wire::Operation;

const Place place{
    .account = "123456789012", .region = "us-east-1", .time = Time(std::chrono::milliseconds(1'770'091'506'789))};

std::string arn(const std::string& resource) { return "arn:aws:rekognition:us-east-1:123456789012:" + resource; }

// Of a body that need not satisfy any constraint.
Target target_of_body(Operation operation, const std::string& body) {
  const wire::Shape& shape = wire::request_shape(operation);
  const wire::AnyStructure request = shape.make();
  const auto read = wire::read_json(shape, request.get(), body);
  EXPECT_TRUE(read.ok()) << body;
  return target_of(operation, request.get(), place);
}

using Names = std::vector<std::vector<std::string>>;

Names names_of(Operation operation, const std::string& body) {
  Names names;
  for (const Permission& permission : target_of_body(operation, body).permissions) names.push_back(permission.names);
  return names;
}

TEST(OperationTarget, EveryOperationHasItsActionWhateverTheRequest) {
  for (const Operation operation : wire::all_operations()) {
    const Target target = target_of_body(operation, "{}");
    ASSERT_FALSE(target.permissions.empty()) << wire::name(operation);
    for (const Permission& permission : target.permissions) {
      const bool is_amazons = wire::target_prefix_of(operation) == "RekognitionService";
      EXPECT_EQ(permission.action, (is_amazons ? "rekognition:" : "likeness:") + std::string(wire::name(operation)));
      EXPECT_TRUE(std::ranges::binary_search(policy::known_actions(), permission.action));
      EXPECT_FALSE(permission.names.empty());
    }
  }
}

// A request with a member that names something kept must not be decided as one about nothing.
TEST(OperationTarget, NoNamingMemberIsForgotten) {
  constexpr std::string_view naming[] = {"CollectionId",
                                         "DatasetArn",
                                         "Datasets",
                                         "DestinationProjectArn",
                                         "Name",
                                         "ProjectArn",
                                         "ProjectName",
                                         "ProjectVersion",
                                         "ProjectVersionArn",
                                         "ResourceArn",
                                         "SourceProjectArn",
                                         "SourceProjectVersionArn"};
  int seen = 0;
  for (const Operation operation : wire::all_operations()) {
    for (const wire::Member& member : wire::request_shape(operation).members) {
      if (std::ranges::find(naming, member.name) == std::end(naming)) {
        EXPECT_FALSE(member.name.ends_with("Arn") && member.name != "RoleArn") << member.name;
        continue;
      }
      EXPECT_THAT(describe_resources(operation), HasSubstr("{" + std::string(member.name))) << wire::name(operation);
      ++seen;
    }
  }
  EXPECT_GT(seen, 40);
}

TEST(OperationTarget, PicturesAloneNeedNoResource) {
  EXPECT_EQ(names_of(Operation::detect_faces, R"({"Image":{"Bytes":"YQ=="}})"), (Names{{"*"}}));
  EXPECT_EQ(names_of(Operation::compare_faces, "{}"), (Names{{"*"}}));
  EXPECT_EQ(names_of(Operation::get_face_search, R"({"JobId":"a"})"), (Names{{"*"}}));
  EXPECT_EQ(names_of(Operation::detect_moderation_labels, "{}"), (Names{{"*"}}));
}

TEST(OperationTarget, CollectionsAndTheirUsers) {
  for (const Operation operation :
       {Operation::create_collection, Operation::delete_collection, Operation::describe_collection,
        Operation::index_faces, Operation::search_faces, Operation::search_faces_by_image,
        Operation::search_users_by_image, Operation::start_face_search, Operation::list_users}) {
    EXPECT_EQ(names_of(operation, R"({"CollectionId":"photos"})"), (Names{{arn("collection/photos")}}));
  }
  for (const Operation operation : {Operation::create_user, Operation::delete_user, Operation::associate_faces,
                                    Operation::disassociate_faces, Operation::search_users}) {
    EXPECT_EQ(names_of(operation, R"({"CollectionId":"photos","UserId":"a:b"})"),
              (Names{{arn("collection/photos"), arn("collection/photos/user/a:b")}}));
  }
  EXPECT_EQ(names_of(Operation::search_users, R"({"CollectionId":"photos","FaceId":"x"})"),
            (Names{{arn("collection/photos")}}));
  EXPECT_EQ(names_of(Operation::list_collections, "{}"), (Names{{arn("collection/*")}}));
  EXPECT_EQ(names_of(Operation::index_faces, "{}"), (Names{{arn("collection/")}})) << "missing: no collection's name";
}

TEST(OperationTarget, StreamProcessors) {
  EXPECT_EQ(names_of(Operation::start_stream_processor, R"({"Name":"door"})"), (Names{{arn("streamprocessor/door")}}));
  EXPECT_EQ(names_of(Operation::create_stream_processor,
                     R"({"Name":"door","Settings":{"FaceSearch":{"CollectionId":"staff"}}})"),
            (Names{{arn("streamprocessor/door")}, {arn("collection/staff")}}));
  EXPECT_EQ(names_of(Operation::create_stream_processor, R"({"Name":"door","Settings":{"ConnectedHome":{}}})"),
            (Names{{arn("streamprocessor/door")}}));
  EXPECT_EQ(names_of(Operation::list_stream_processors, "{}"), (Names{{arn("streamprocessor/*")}}));
}

TEST(OperationTarget, ProjectsAndWhatIsBelowThem) {
  const std::string version = arn("project/cats/version/v1/17");
  EXPECT_EQ(names_of(Operation::create_project, R"({"ProjectName":"cats"})"),
            (Names{{arn("project/cats/1770091506789")}}));
  EXPECT_EQ(names_of(Operation::detect_custom_labels, R"({"ProjectVersionArn":")" + version + "\"}"),
            (Names{{version}}));
  EXPECT_EQ(names_of(Operation::detect_moderation_labels, R"({"ProjectVersion":")" + version + "\"}"),
            (Names{{version}}));
  EXPECT_EQ(names_of(Operation::start_media_analysis_job,
                     R"({"OperationsConfig":{"DetectModerationLabels":{"ProjectVersion":")" + version + "\"}}}"),
            (Names{{version}}));
  EXPECT_EQ(names_of(Operation::copy_project_version,
                     R"({"SourceProjectVersionArn":"v","SourceProjectArn":"s","DestinationProjectArn":"d"})"),
            (Names{{"v"}, {"s"}, {"d"}}));
  EXPECT_EQ(names_of(Operation::distribute_dataset_entries, R"({"Datasets":[{"Arn":"a"},{"Arn":"b"},{}]})"),
            (Names{{"a"}, {"b"}, {""}}));
}

TEST(OperationTarget, EverySpellingOfAnArnIsDecidedAsOne) {
  for (const char* spelling : {"arn:aws:rekognition:us-east-1:123456789012:collection/photos",
                               "aws:rekognition:us-east-1:123456789012:collection/photos",
                               "arn:aws-cn:rekognition:us-east-1:123456789012:collection/photos"}) {
    EXPECT_EQ(names_of(Operation::list_tags_for_resource, std::string(R"({"ResourceArn":")") + spelling + "\"}"),
              (Names{{arn("collection/photos")}}));
  }
}

TEST(OperationTarget, TagsAreRead) {
  const Target tagging = target_of_body(Operation::tag_resource, R"({"ResourceArn":"x","Tags":{"team":"red"}})");
  EXPECT_THAT(tagging.permissions, ElementsAre(Field(&Permission::action, "rekognition:TagResource")));
  EXPECT_THAT(tagging.tags, ElementsAre(Pair("team", "red")));
  EXPECT_THAT(tagging.tag_keys, ElementsAre("team"));
  const Target untagging = target_of_body(Operation::untag_resource, R"({"ResourceArn":"x","TagKeys":["a","b"]})");
  EXPECT_TRUE(untagging.tags.empty());
  EXPECT_THAT(untagging.tag_keys, ElementsAre("a", "b"));
}

TEST(OperationTarget, MakingSomethingWithTagsNeedsTagResource) {
  const Target plain = target_of_body(Operation::create_collection, R"({"CollectionId":"photos","Tags":{}})");
  EXPECT_EQ(plain.permissions.size(), 1U);
  const Target tagged = target_of_body(Operation::create_collection, R"({"CollectionId":"photos","Tags":{"a":""}})");
  ASSERT_EQ(tagged.permissions.size(), 2U);
  EXPECT_EQ(tagged.permissions[1].action, "rekognition:TagResource");
  EXPECT_THAT(tagged.permissions[1].names, ElementsAre(arn("collection/photos")));

  const auto made = [](Operation operation, const std::string& body) {
    return target_of_body(operation, R"({"Tags":{"a":"b"},)" + body + "}").permissions.back().names.front();
  };
  const std::string cats = "\"" + arn("project/cats/17") + "\"";
  EXPECT_EQ(made(Operation::create_dataset, R"("DatasetType":"TRAIN","ProjectArn":)" + cats),
            arn("project/cats/dataset/train/1770091506789"));
  EXPECT_EQ(made(Operation::create_project_version, R"("VersionName":"v","ProjectArn":)" + cats),
            arn("project/cats/version/v/1770091506789"));
  EXPECT_EQ(made(Operation::copy_project_version, R"("VersionName":"v","DestinationProjectArn":)" + cats),
            arn("project/cats/version/v/1770091506789"));
  EXPECT_EQ(made(Operation::create_stream_processor, R"("Name":"door")"), arn("streamprocessor/door"));
  EXPECT_EQ(made(Operation::create_project, R"("ProjectName":"cats")"), arn("project/cats/1770091506789"));
}

TEST(OperationTarget, NamesOfMegabytesAreCut) {
  const std::string body = R"({"CollectionId":")" + std::string(1'000'000, 'a') + R"(","Tags":{"k":")" +
                           std::string(1'000'000, 'v') + "\"}}";
  const Target target = target_of_body(Operation::create_collection, body);
  EXPECT_LT(target.permissions[0].names[0].size(), max_resource_name + 100);
  EXPECT_EQ(target.tags.at("k").size(), max_tag_text);
}

class AuthorizationPage : public testing::Test {
 protected:
  AuthorizationPage() {
    const std::ifstream file(std::string(LIKENESS_SOURCE_DIR) + "/docs/authorization.md");
    std::stringstream text;
    text << file.rdbuf();
    page_ = text.str();
  }
  std::string page_;
};

TEST_F(AuthorizationPage, HasTheTableOfOperations) {
  std::string table;
  for (const Operation operation : wire::all_operations()) {
    table += "| `" + std::string(wire::name(operation)) + "` | `" + describe_resources(operation) + "` |\n";
  }
  EXPECT_THAT(page_, HasSubstr(table)) << "the table of docs/authorization.md should be\n" << table;
}

TEST_F(AuthorizationPage, HasEveryActionOfOurOwnAndEveryReadyMadePolicy) {
  for (const std::string_view action : policy::likeness_actions()) {
    EXPECT_THAT(page_, HasSubstr("`" + std::string(action) + "`"));
  }
  for (const policy::ReadyMade& ready : policy::ready_made_policies()) {
    EXPECT_THAT(page_, HasSubstr("| `" + std::string(ready.name) + "` |"));
  }
}

}  // namespace
}  // namespace likeness::api
