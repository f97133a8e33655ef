#include "remote/s3_object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "remote/canned_server.h"
#include "remote/create_object_store.h"
#include "remote/manual_pacer.h"

namespace likeness::remote {
namespace {

using testing::HasSubstr;

constexpr TransferLimits hundred_bytes{.max_bytes = 100};

class S3ObjectStoreTest : public testing::Test {
 protected:
  std::unique_ptr<S3ObjectStore> store_for(const CannedServer& server) {
    S3Options options{
        .endpoint = server.url(), .access_key_id = "AKID", .secret_access_key = "secret", .allow = {"127.0.0.1"}};
    options.session_token = "token";
    return *S3ObjectStore::create(options, clock_, pacer_, log_);
  }

  ManualClock clock_{*parse_iso8601_basic("20260203T040506Z")};
  ManualPacer pacer_;
  Logger log_{LogLevel::error};
};

TEST_F(S3ObjectStoreTest, RequestsAreSignedWithOurCredentials) {
  const CannedServer server(
      [](const auto&, std::size_t) { return canned("200 OK", "bytes", "ETag: \"e\"\r\nx-amz-version-id: v1\r\n"); });
  const auto store = store_for(server);
  BytesSink sink;
  const Result<ObjectInfo> info = store->get_to({"photos", "a b.jpg", "v1"}, sink, hundred_bytes);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->size, 5U);
  EXPECT_EQ(info->etag, "\"e\"");
  EXPECT_EQ(info->version, "v1");
  const std::string request = server.requests().front();
  EXPECT_THAT(request, testing::StartsWith("GET /photos/a%20b.jpg?versionId=v1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(request,
              HasSubstr("x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n"));
  EXPECT_THAT(request, HasSubstr("x-amz-security-token: token\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Amz-Date: 20260203T040506Z\r\n"));
  EXPECT_THAT(request,
              HasSubstr("Credential=AKID/20260203/us-east-1/s3/aws4_request, "
                        "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="));
  EXPECT_TRUE(store->put({"photos", "k", ""}, as_bytes("new"), "image/png").ok());
  EXPECT_THAT(server.requests().back(), HasSubstr("SignedHeaders=content-type;host;"));
  EXPECT_THAT(server.requests().back(), testing::EndsWith("\r\n\r\nnew"));
}

TEST_F(S3ObjectStoreTest, StatusesBecomeKinds) {
  std::atomic<int> status = 0;
  const CannedServer server(
      [&](const auto&, std::size_t) { return canned(std::to_string(status) + " X", "<Code>X</Code>"); });
  const auto store = store_for(server);
  const std::pair<int, ErrorKind> expected[] = {
      {404, ErrorKind::not_found},     {405, ErrorKind::not_found},     {401, ErrorKind::access_denied},
      {403, ErrorKind::access_denied}, {400, ErrorKind::access_denied}, {301, ErrorKind::access_denied},
      {307, ErrorKind::access_denied}, {429, ErrorKind::overloaded},    {503, ErrorKind::overloaded},
      {500, ErrorKind::unavailable},   {502, ErrorKind::unavailable},   {504, ErrorKind::unavailable},
      {501, ErrorKind::unavailable},   {206, ErrorKind::unavailable}};
  for (const auto& [number, kind] : expected) {
    status = number;
    const Result<Bytes> bytes = store->get({"photos", "k", ""}, hundred_bytes);
    ASSERT_FALSE(bytes.ok()) << number;
    EXPECT_EQ(bytes.error().kind, kind) << number;
    EXPECT_EQ(store->head({"photos", "k", ""}).ok(), number == 206) << number;
  }
}

TEST_F(S3ObjectStoreTest, TheKindOfTooLargeIsTheCallers) {
  const CannedServer server([&](const auto&, std::size_t) { return canned("200 OK", std::string(101, 'x')); });
  const auto store = store_for(server);
  EXPECT_EQ(store->get({"photos", "k", ""}, hundred_bytes).error().kind, ErrorKind::image_too_large);
  EXPECT_EQ(store->get({"photos", "k", ""}, {.max_bytes = 100, .too_large = ErrorKind::limit_exceeded}).error().kind,
            ErrorKind::limit_exceeded);
  EXPECT_EQ(store->head({"photos", "k", ""})->size, 101U);
}

TEST_F(S3ObjectStoreTest, ConfigurationsThatCannotWorkAreRefusedAtStart) {
  const auto problem = [&](const S3Options& options) {
    const auto made = S3ObjectStore::create(options, clock_, pacer_, log_);
    return made.ok() ? std::string() : made.error().message;
  };
  S3Options options{.endpoint = "https://s.example", .access_key_id = "AKID", .secret_access_key = "secret"};
  EXPECT_EQ(problem(options), "");
  options.endpoint = "http://s.example";
  EXPECT_THAT(problem(options), HasSubstr("not encrypted"));
  options.allow = {"127.0.0.1"};
  EXPECT_EQ(problem(options), "");
  options.endpoint = "https://127.0.0.2:9000";
  EXPECT_THAT(problem(options), HasSubstr("--s3-allow"));
  options.allow = {"nonsense"};
  EXPECT_THAT(problem(options), HasSubstr("no block"));
  options.allow = {};
  options.endpoint = "aws";
  EXPECT_EQ(problem(options), "");
  options.region = "eu west/1";
  EXPECT_THAT(problem(options), HasSubstr("no region"));
  options.region = "eu-west-1";
  options.secret_access_key = "";
  EXPECT_THAT(problem(options), HasSubstr("LIKENESS_S3_SECRET_ACCESS_KEY"));
}

TEST_F(S3ObjectStoreTest, FoldersAreAskedBeforeTheEndpoint) {
  const CannedServer server([](const auto&, std::size_t) { return canned("200 OK", "remote"); });
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("likeness_router_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "k") << "local";
  ObjectStoreOptions options;
  EXPECT_EQ(*create_object_store(options, clock_, pacer_, log_), nullptr);
  options.folders = {{"photos", folder}};
  {
    const auto folders_only = *create_object_store(options, clock_, pacer_, log_);
    EXPECT_EQ(folders_only->get({"other", "k", ""}, hundred_bytes).error().kind, ErrorKind::not_found);
  }
  options.s3 = S3Options{
      .endpoint = server.url(), .access_key_id = "AKID", .secret_access_key = "secret", .allow = {"127.0.0.1"}};
  const auto both = *create_object_store(options, clock_, pacer_, log_);
  const Result<Bytes> local = both->get({"photos", "k", ""}, hundred_bytes);
  const Result<Bytes> remote = both->get({"other", "k", ""}, hundred_bytes);
  ASSERT_TRUE(local.ok() && remote.ok());
  EXPECT_EQ(std::string(local->begin(), local->end()), "local");
  EXPECT_EQ(std::string(remote->begin(), remote->end()), "remote");
  // A key that the folder has not is not looked for elsewhere.
  EXPECT_EQ(both->get({"photos", "missing", ""}, hundred_bytes).error().kind, ErrorKind::not_found);
  EXPECT_EQ(server.requests().size(), 1U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace likeness::remote
