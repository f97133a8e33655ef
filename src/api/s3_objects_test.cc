#include "api/s3_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <optional>

namespace likeness::api {
namespace {

using testing::StartsWith;

constexpr const char* no_metadata =
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.";

// Answers with what a test sets, and remembers what was asked.
class FakeStore final : public remote::ObjectStore {
 public:
  Result<remote::ObjectInfo> head(const remote::ObjectId& /*id*/) override { return remote::ObjectInfo(); }
  Result<remote::ObjectInfo> get_to(const remote::ObjectId& id, remote::Sink& sink,
                                    const remote::TransferLimits& limits) override {
    asked = id;
    asked_limits = limits;
    if (hold != nullptr) {
      reached->count_down();
      hold->wait();
    }
    if (failure) return *failure;
    TRY(sink.write(as_bytes("bytes")));
    return remote::ObjectInfo();
  }
  Result<void> put(const remote::ObjectId& /*id*/, ByteSpan /*bytes*/, std::string_view /*type*/) override {
    return {};
  }

  std::optional<Error> failure;
  remote::ObjectId asked;
  remote::TransferLimits asked_limits;
  std::latch* hold = nullptr;
  std::latch* reached = nullptr;
};

class S3ObjectsTest : public testing::Test {
 protected:
  // On the pool, as the operations are.
  Result<Bytes> fetch(const wire::S3Object& object) {
    std::optional<Result<Bytes>> result;
    std::latch done(1);
    EXPECT_TRUE(pool_.try_submit(WorkClass::interactive, [&] {
      result.emplace(objects_.fetch_picture(object));
      done.count_down();
    }));
    done.wait();
    return *std::move(result);
  }

  FakeStore store_;
  ThreadPool pool_{1, PerWorkClass<std::size_t>{8, 8, 8}, {1, 0}};
  S3Objects objects_{store_, pool_};
};

TEST_F(S3ObjectsTest, AsksForWhatTheRequestNamesWithinTheLimits) {
  const Result<Bytes> bytes = fetch({.bucket = "photos", .name = "a/b.jpg", .version = "v1"});
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(bytes->size(), 5U);
  EXPECT_EQ(store_.asked.bucket, "photos");
  EXPECT_EQ(store_.asked.key, "a/b.jpg");
  EXPECT_EQ(store_.asked.version, "v1");
  EXPECT_EQ(store_.asked_limits.max_bytes, 15'728'640U);
  EXPECT_EQ(store_.asked_limits.too_large, ErrorKind::image_too_large);
}

TEST_F(S3ObjectsTest, ErrorsBecomeThoseThatAwsGives) {
  const wire::S3Object object{.bucket = "photos", .name = "k"};
  for (const ErrorKind kind : {ErrorKind::not_found, ErrorKind::access_denied}) {
    store_.failure = Error(kind, "secret reason");
    EXPECT_EQ(fetch(object).error().kind, ErrorKind::invalid_object);
    EXPECT_EQ(fetch(object).error().message, no_metadata);
  }
  store_.failure = Error(ErrorKind::invalid_object, "folders keep no versions");
  EXPECT_EQ(fetch(object).error().message, "Request has invalid S3 object: folders keep no versions");
  store_.failure = Error(ErrorKind::image_too_large, "larger");
  EXPECT_THAT(fetch(object).error().message, StartsWith("Image size is too large"));
  for (const ErrorKind kind : {ErrorKind::overloaded, ErrorKind::unavailable}) {
    store_.failure = Error(kind, "reason");
    EXPECT_EQ(fetch(object).error().kind, kind);
  }
}

TEST_F(S3ObjectsTest, HalfANameIsNone) {
  EXPECT_EQ(fetch({.bucket = "photos"}).error().kind, ErrorKind::invalid_object);
  EXPECT_EQ(fetch({.name = "k"}).error().kind, ErrorKind::invalid_object);
}

TEST_F(S3ObjectsTest, WhoWaitsForTheStoreHoldsNoProcessorAndTheirNumberIsBounded) {
  std::latch reached(1);
  std::latch hold(1);
  store_.reached = &reached;
  store_.hold = &hold;
  std::optional<Result<Bytes>> first;
  ASSERT_TRUE(pool_.try_submit(WorkClass::interactive,
                               [&] { first.emplace(objects_.fetch_picture({.bucket = "photos", .name = "k"})); }));
  reached.wait();
  // The pool's one thread is free: this runs, and is refused because one may wait and one does.
  EXPECT_EQ(fetch({.bucket = "photos", .name = "k"}).error().kind, ErrorKind::overloaded);
  hold.count_down();
  pool_.drain();
  EXPECT_TRUE(first->ok());
}

}  // namespace
}  // namespace likeness::api
