#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "api/audit_log.h"
#include "api/audit_parameters.h"
#include "api/error_table.h"
#include "base/bytes.h"
#include "wire/schema.h"

namespace likeness::api {
namespace {

using testing::HasSubstr;
using testing::Not;
using wire::Operation;

std::string of(Operation operation, std::string_view body) {
  return audit_parameters(wire::request_shape(operation), body);
}

TEST(AuditParametersTest, HasTheNamesOfCloudTrailAndNoPictures) {
  EXPECT_EQ(of(Operation::detect_faces, R"({"Image":{"Bytes":"QUJDRA=="},"Attributes":["ALL","DEFAULT"]})"),
            R"({"image":{"bytes":{"bytes":4}},"attributes":["ALL","DEFAULT"]})");
  EXPECT_EQ(of(Operation::detect_faces, R"({ "Image" : {"S3Object":{"Bucket":"b\u00e4","Name":"n\/x"}}})"),
            R"({"image":{"s3Object":{"bucket":"bä","name":"n/x"}}})");
  EXPECT_EQ(of(Operation::tag_resource, R"({"ResourceArn":"arn","Tags":{"a":"b","c":"d"}})"),
            R"({"resourceArn":"arn","tags":{"a":"b","c":"d"}})");
  EXPECT_EQ(of(Operation::compare_faces, R"({"SimilarityThreshold":80.5,"QualityFilter":"NONE"})"),
            R"({"similarityThreshold":80.5,"qualityFilter":"NONE"})");
}

TEST(AuditParametersTest, KnowsTheSizeOfAPictureWithoutDecodingIt) {
  for (std::size_t size = 0; size < 10; ++size) {
    const std::string body = R"({"Image":{"Bytes":")" + to_base64(as_bytes(std::string(size, 'x'))) + "\"}}";
    EXPECT_EQ(of(Operation::detect_faces, body), R"({"image":{"bytes":{"bytes":)" + std::to_string(size) + "}}}");
  }
  // Slashes that came escaped arrive in parts.
  EXPECT_EQ(of(Operation::detect_faces, R"({"Image":{"Bytes":"\/\/\/\/AA=="}})"), R"({"image":{"bytes":{"bytes":4}}})");
}

TEST(AuditParametersTest, LeavesOutWhatNobodyKnows) {
  EXPECT_EQ(of(Operation::detect_faces, R"({"Password":"p","Image":{"X":[{"y":"z"}]},"More":{"a":[1,2]}})"),
            R"({"image":{}})");
  EXPECT_EQ(of(Operation::detect_faces, "{}"), "{}");
}

TEST(AuditParametersTest, IsNullForWhatIsNoRequest) {
  for (const char* body : {"", "[]", "5", "\"x\"", "{", "{}{}", "{} x", R"({"Image":5)", R"({"Image":[1]})",
                           R"({"Attributes":{"a":1}})", "{\"Image\":{\"Bytes\":\"\xff\"}}"}) {
    EXPECT_EQ(of(Operation::detect_faces, body), "null") << body;
  }
  EXPECT_EQ(of(Operation::detect_faces, "{\"X\":" + std::string(10000, '[')), "null");
}

TEST(AuditParametersTest, IsBounded) {
  const std::string arn(5000, 'a');
  EXPECT_EQ(of(Operation::tag_resource, "{\"ResourceArn\":\"" + arn + "\"}"),
            "{\"resourceArn\":\"" + arn.substr(0, max_audit_text) + "…\"}");
  std::string umlauts;
  for (std::size_t i = 0; i <= max_audit_text; ++i) umlauts += "ä";
  EXPECT_THAT(of(Operation::tag_resource, "{\"ResourceArn\":\"" + umlauts + "\"}"), HasSubstr("ä…\""));
  std::string ids = "{\"FaceIds\":[\"x\"";
  for (int i = 0; i < 4000; ++i) ids += ",\"x\"";
  const std::string cut = of(Operation::delete_faces, ids + "]}");
  EXPECT_EQ(static_cast<std::size_t>(std::count(cut.begin(), cut.end(), 'x')), max_audit_elements);
  std::string tags = "{\"Tags\":{\"k\":\"v\"";
  for (int i = 0; i < 99; ++i) tags += ",\"" + std::to_string(i) + std::string(300, 'k') + "\":\"v\"";
  EXPECT_EQ(of(Operation::tag_resource, tags + "}}"), R"({"omitted":"more than 16384 bytes"})");
}

TEST(ReadOnlyTest, OnlyReadsAreReadOnly) {
  std::vector<std::string_view> writes;
  for (const Operation operation : wire::all_operations()) {
    if (!is_read_only(operation)) writes.push_back(wire::name(operation));
  }
  // Written down, so that a new operation is looked at.
  EXPECT_THAT(
      writes,
      testing::ElementsAre(
          "AssociateFaces", "CopyProjectVersion", "CreateCollection", "CreateDataset", "CreateFaceLivenessSession",
          "CreateProject", "CreateProjectVersion", "CreateStreamProcessor", "CreateUser", "DeleteCollection",
          "DeleteDataset", "DeleteFaces", "DeleteProject", "DeleteProjectPolicy", "DeleteProjectVersion",
          "DeleteStreamProcessor", "DeleteUser", "DisassociateFaces", "DistributeDatasetEntries", "IndexFaces",
          "MergeUsers", "PutProjectPolicy", "RejectMatch", "RetractRejection", "SplitUser", "StartCelebrityRecognition",
          "StartContentModeration", "StartFaceDetection", "StartFaceSearch", "StartLabelDetection",
          "StartMediaAnalysisJob", "StartPersonTracking", "StartProjectVersion", "StartSegmentDetection",
          "StartStreamProcessor", "StartTextDetection", "StopProjectVersion", "StopStreamProcessor", "TagResource",
          "UntagResource", "UpdateDatasetEntries", "UpdateStreamProcessor"));
}

struct FakeSink final : AuditSink {
  [[nodiscard]] bool wanted() const override { return is_wanted; }
  [[nodiscard]] bool required() const override { return is_required; }
  Result<void> ready() override { return fails ? Result<void>(Error(ErrorKind::unavailable, "full")) : Result<void>(); }
  Result<void> write(std::string_view line) override {
    TRY(ready());
    lines.emplace_back(line);
    return {};
  }
  bool is_wanted = true;
  bool is_required = false;
  bool fails = false;
  std::vector<std::string> lines;
};

class AuditLogTest : public testing::Test {
 protected:
  boost::json::object recorded(Operation operation, std::string_view body, const Response& response) {
    EXPECT_TRUE(audit_.record(head_, {.access_key_id = "AKID"}, operation, body, response).ok());
    return boost::json::parse(sink_.lines.back()).as_object();
  }

  FakeSink sink_;
  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  Logger log_{LogLevel::error};
  Metrics metrics_;
  AuditLog audit_{sink_, {"123456789012", "eu-west-1"}, clock_, log_, metrics_};
  RequestHead head_{.request_id = "request",
                    .trace_id = "Root=1-5759e988-bd862e3fe1be46a994272793",
                    .peer = "192.0.2.7",
                    .method = "POST",
                    .target = "/",
                    .headers = {{"User-Agent", std::string(300, 'u')}, {"Authorization", "a secret"}}};
};

TEST_F(AuditLogTest, ARecordHasTheMembersOfCloudTrail) {
  Response answer;
  answer.body = R"({"FaceDetails":[]})";
  const auto record = recorded(Operation::detect_faces, R"({"Image":{"Bytes":"QUJDRA=="}})", answer);
  EXPECT_EQ(record.at("eventVersion"), "1.08");
  EXPECT_EQ(record.at("eventTime"), "2026-02-03T04:05:06Z");
  EXPECT_EQ(record.at("eventSource"), "rekognition.amazonaws.com");
  EXPECT_EQ(record.at("eventName"), "DetectFaces");
  EXPECT_EQ(record.at("awsRegion"), "eu-west-1");
  EXPECT_EQ(record.at("sourceIPAddress"), "192.0.2.7");
  EXPECT_EQ(record.at("userAgent").as_string().size(), 256U);
  EXPECT_EQ(record.at("requestParameters").at("image").at("bytes").at("bytes"), 4);
  EXPECT_TRUE(record.at("responseElements").is_null());
  EXPECT_EQ(record.at("requestID"), "request");
  EXPECT_EQ(record.at("eventID").as_string().size(), 36U);
  EXPECT_TRUE(record.at("readOnly").as_bool());
  EXPECT_EQ(record.at("eventType"), "AwsApiCall");
  EXPECT_EQ(record.at("recipientAccountId"), "123456789012");
  EXPECT_EQ(record.at("userIdentity").at("type"), "IAMUser");
  EXPECT_EQ(record.at("userIdentity").at("accountId"), "123456789012");
  EXPECT_EQ(record.at("userIdentity").at("accessKeyId"), "AKID");
  EXPECT_EQ(record.at("userIdentity").at("arn"), "arn:aws:iam::123456789012:user/AKID");
  EXPECT_EQ(record.at("additionalEventData").at("traceId"), head_.trace_id.c_str());
  EXPECT_FALSE(record.contains("errorCode"));
  EXPECT_THAT(sink_.lines.back(), Not(HasSubstr("QUJD")));
  EXPECT_THAT(sink_.lines.back(), Not(HasSubstr("a secret")));
  EXPECT_THAT(sink_.lines.back(), Not(HasSubstr("\n")));
}

TEST_F(AuditLogTest, AFailureHasItsCodeAndAChangeItsAnswer) {
  const auto failed = recorded(Operation::create_collection, R"({"CollectionId":"c"})",
                               error_response(Error(ErrorKind::already_exists, "it exists")));
  EXPECT_EQ(failed.at("errorCode"), "ResourceAlreadyExistsException");
  EXPECT_EQ(failed.at("errorMessage"), "it exists");
  EXPECT_FALSE(failed.at("readOnly").as_bool());
  EXPECT_TRUE(failed.at("responseElements").is_null());
  Response answer;
  answer.body = R"({"StatusCode":200,"CollectionArn":"arn"})";
  const auto made = recorded(Operation::create_collection, R"({"CollectionId":"c"})", answer);
  EXPECT_EQ(made.at("responseElements").at("collectionArn"), "arn");
  EXPECT_EQ(made.at("requestParameters").at("collectionId"), "c");
}

TEST_F(AuditLogTest, AFailedWriteIsCountedAndStopsRequestsOnlyIfRecordsAreRequired) {
  sink_.fails = true;
  const auto record = [&] {
    return audit_.record(head_, {.access_key_id = "AKID"}, Operation::list_collections, "{}", {});
  };
  EXPECT_TRUE(audit_.may_run().ok());
  EXPECT_TRUE(record().ok());
  EXPECT_THAT(metrics_.text(), HasSubstr("likeness_audit_records_total{result=\"failed\"} 1"));
  sink_.is_required = true;
  EXPECT_FALSE(audit_.may_run().ok());
  EXPECT_FALSE(record().ok());
  sink_.fails = false;
  EXPECT_TRUE(audit_.may_run().ok());
  EXPECT_TRUE(record().ok());
  EXPECT_THAT(metrics_.text(), HasSubstr("likeness_audit_records_total{result=\"written\"} 1"));
  sink_.is_wanted = false;
  EXPECT_TRUE(record().ok());
  EXPECT_EQ(sink_.lines.size(), 1U);
}

}  // namespace
}  // namespace likeness::api
