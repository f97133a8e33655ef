#include "remote/folder_object_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace likeness::remote {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// With the kernel's resolver and with our own.
class FolderObjectStoreTest : public testing::TestWithParam<Resolver> {
 protected:
  void SetUp() override {
    fs::remove_all(base_);
    fs::create_directories(bucket_ / "sub");
    fs::create_directories(base_ / "outside");
    write(bucket_ / "a.jpg", "inside");
    write(bucket_ / "sub/b.jpg", "deeper");
    write(base_ / "outside/secret", "secret");
    Result<std::unique_ptr<FolderObjectStore>> made = FolderObjectStore::create({{"photos", bucket_}}, GetParam());
    ASSERT_TRUE(made.ok());
    store_ = *std::move(made);
  }
  void TearDown() override { fs::remove_all(base_); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

  std::string get(const std::string& key, std::uint64_t limit = 100) {
    const Result<Bytes> bytes = store_->get({"photos", key, ""}, {.max_bytes = limit});
    if (!bytes.ok()) return error_kind_name(bytes.error().kind);
    return {bytes->begin(), bytes->end()};
  }

  const fs::path base_ = fs::path(testing::TempDir()) / ("likeness_folders_" + std::to_string(getpid()));
  const fs::path bucket_ = base_ / "bucket";
  std::unique_ptr<FolderObjectStore> store_;
};

TEST_P(FolderObjectStoreTest, ReadsFilesOfTheFolder) {
  EXPECT_EQ(get("a.jpg"), "inside");
  EXPECT_EQ(get("sub/b.jpg"), "deeper");
  EXPECT_EQ(get("missing"), "not_found");
  EXPECT_EQ(get("sub"), "not_found");
  EXPECT_EQ(get("a.jpg/x"), "not_found");
  const Result<ObjectInfo> info = store_->head({"photos", "a.jpg", ""});
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->size, 6U);
  EXPECT_THAT(info->etag, testing::MatchesRegex("\"6-[0-9a-f]+\""));
  EXPECT_EQ(store_->head({"other", "a.jpg", ""}).error().kind, ErrorKind::not_found);
}

TEST_P(FolderObjectStoreTest, NothingLeadsOut) {
  fs::create_symlink(base_ / "outside/secret", bucket_ / "absolute_link");
  fs::create_symlink("../outside/secret", bucket_ / "relative_link");
  fs::create_symlink("a.jpg", bucket_ / "inner_link");
  fs::create_directory_symlink(base_ / "outside", bucket_ / "folder_link");
  fs::create_directory_symlink(".", bucket_ / "sub/here");
  fs::create_symlink("/proc/self/fd/0", bucket_ / "magic");
  for (const char* key : {"absolute_link", "relative_link", "inner_link", "folder_link/secret", "sub/here/b.jpg",
                          "magic", "../outside/secret", "sub/../../outside/secret", "sub/../a.jpg", "/etc/passwd",
                          "./a.jpg", "sub//b.jpg", "a.jpg/", ""}) {
    EXPECT_EQ(get(key), "not_found") << key;
  }
  EXPECT_EQ(get(std::string("a.jpg\0.png", 10)), "not_found");
}

TEST_P(FolderObjectStoreTest, PipesSocketsAndFoldersAreNoObjectsAndDoNotBlock) {
  ASSERT_EQ(::mkfifo((bucket_ / "fifo").c_str(), 0600), 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (void)(bucket_ / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(get("fifo"), "not_found");
  EXPECT_EQ(get("socket"), "not_found");
  EXPECT_EQ(get("sub"), "not_found");
  ::close(socket);
}

TEST_P(FolderObjectStoreTest, TheLimitHoldsBeforeAndWhileReading) {
  EXPECT_EQ(get("a.jpg", 6), "inside");
  EXPECT_EQ(get("a.jpg", 5), "image_too_large");
  write(bucket_ / "huge", "");
  fs::resize_file(bucket_ / "huge", std::uintmax_t{1} << 40U);  // sparse: takes no room
  EXPECT_EQ(get("huge"), "image_too_large");
  const Result<ObjectInfo> head = store_->head({"photos", "huge", ""});
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->size, std::uint64_t{1} << 40U);
}

TEST_P(FolderObjectStoreTest, VersionsAreRefusedInWords) {
  const Result<Bytes> bytes = store_->get({"photos", "a.jpg", "1"}, {.max_bytes = 100});
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.error().kind, ErrorKind::invalid_object);
  EXPECT_THAT(bytes.error().message, HasSubstr("no versions"));
}

TEST_P(FolderObjectStoreTest, PutReplacesWholeFilesAndFollowsNoLink) {
  EXPECT_TRUE(store_->put({"photos", "new/deep/c.jpg", ""}, as_bytes("fresh"), "image/jpeg").ok());
  EXPECT_EQ(get("new/deep/c.jpg"), "fresh");
  EXPECT_TRUE(store_->put({"photos", "a.jpg", ""}, as_bytes("second"), "image/jpeg").ok());
  EXPECT_EQ(get("a.jpg"), "second");
  fs::create_symlink(base_ / "outside/secret", bucket_ / "link");
  fs::create_directory_symlink(base_ / "outside", bucket_ / "folder_link");
  EXPECT_TRUE(store_->put({"photos", "link", ""}, as_bytes("mine"), "").ok());
  EXPECT_EQ(get("link"), "mine");
  EXPECT_FALSE(store_->put({"photos", "folder_link/secret", ""}, as_bytes("x"), "").ok());
  EXPECT_FALSE(store_->put({"photos", "../outside/secret", ""}, as_bytes("x"), "").ok());
  EXPECT_FALSE(store_->put({"photos", "a.jpg/under/file", ""}, as_bytes("x"), "").ok());
  EXPECT_FALSE(store_->put({"photos", "sub", ""}, as_bytes("x"), "").ok());
  std::ifstream secret(base_ / "outside/secret");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(secret), {}), "secret");
  for (const auto& entry : fs::recursive_directory_iterator(bucket_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".likeness-")) << entry.path();
  }
}

TEST_P(FolderObjectStoreTest, AFileSinkTakesWhatIsRead) {
  const fs::path out = base_ / "out";
  const int file = ::open(out.c_str(), O_RDWR | O_CREAT, 0600);
  FileSink sink(file);
  EXPECT_TRUE(store_->get_to({"photos", "a.jpg", ""}, sink, {.max_bytes = 100}).ok());
  EXPECT_EQ(fs::file_size(out), 6U);
  EXPECT_TRUE(sink.restart());
  EXPECT_EQ(fs::file_size(out), 0U);
  ::close(file);
}

INSTANTIATE_TEST_SUITE_P(BothResolvers, FolderObjectStoreTest,
                         testing::Values(Resolver::automatic, Resolver::segment_by_segment));

TEST(FolderObjectStoreCreateTest, FoldersThatCannotServeAreNamed) {
  EXPECT_EQ(FolderObjectStore::create({{"photos", "/nowhere/at/all"}}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(FolderObjectStore::create({{"photos", "/etc/passwd"}}).error().kind, ErrorKind::not_found);
  EXPECT_EQ(FolderObjectStore::create({{"..", "/tmp"}}).error().kind, ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace likeness::remote
