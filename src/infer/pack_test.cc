#include "infer/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"

namespace likeness::infer {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Two folders of packs, empty at the start of each test.
class PackTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(root_);
    fs::create_directories(root_ / "first");
    fs::create_directories(root_ / "second");
  }
  void TearDown() override { fs::remove_all(root_); }

  // Installs a pack whose model file holds `content` and whose manifest names the hash of `expected`.
  void install(const std::string& folder, const std::string& name, const std::string& content,
               const std::string& expected, const std::string& task = "iris") const {
    const fs::path pack = root_ / folder / name;
    fs::create_directories(pack);
    std::ofstream(pack / "model.onnx") << content;
    std::ofstream(pack / "pack.toml") << "name = \"" << name << "\"\ntask = \"" << task << "\"\nversion = \"1.0\"\n"
                                      << "file = \"model.onnx\"\nsha256 = \"" << to_hex(sha256(as_bytes(expected)))
                                      << "\"\nlicence = \"MIT\"\nprovenance = \"" << folder << "\"\n"
                                      << "[input]\nlayout = \"NCHW\"\nchannels = \"BGR\"\n"
                                      << "mean = [0, 0, 0]\nscale = 1\n";
  }

  void install_joined(const std::string& name, const std::string& a, const std::string& b) const {
    fs::create_directories(root_ / "first" / name);
    std::ofstream(root_ / "first" / name / "pack.toml")
        << "name = \"" << name << "\"\ntask = \"face_embedding\"\nversion = \"1.0\"\nlicence = \"MIT\"\n"
        << "provenance = \"ours\"\n[[join]]\npack = \"" << a << "\"\nweight = 1\n[[join]]\npack = \"" << b
        << "\"\nweight = 1\n";
  }

  const fs::path root_ = fs::path(testing::TempDir()) / "likeness_pack_test";
  const PackFolders folders_ = {root_ / "first", root_ / "second"};
};

TEST_F(PackTest, OpensWhatMatchesItsHash) {
  install("first", "good", "weights", "weights");
  const Result<Pack> pack = open_pack(folders_, "good", Task::iris);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  EXPECT_EQ(pack->file, root_ / "first" / "good" / "model.onnx");
}

TEST_F(PackTest, RefusesAChangedFileByName) {
  install("first", "changed", "weightz", "weights");
  const Result<Pack> pack = open_pack(folders_, "changed", Task::iris);
  ASSERT_FALSE(pack.ok());
  EXPECT_EQ(pack.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(pack.error().message, HasSubstr("changed/model.onnx"));
}

TEST_F(PackTest, TellsMissingFromUnknownFromForAnotherTask) {
  install("first", "gone", "weights", "weights");
  fs::remove(root_ / "first" / "gone" / "model.onnx");
  EXPECT_EQ(open_pack(folders_, "gone", Task::iris).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(open_pack(folders_, "never", Task::iris).error().kind, ErrorKind::not_found);
  install("first", "good", "weights", "weights");
  EXPECT_EQ(open_pack(folders_, "good", Task::face_mesh).error().kind, ErrorKind::invalid_argument);
}

TEST_F(PackTest, TheOperatorsFolderHidesOurs) {
  install("first", "same", "old", "old");
  install("second", "same", "new", "new");
  EXPECT_EQ(open_pack(folders_, "same", Task::iris)->manifest.provenance, "second");
}

TEST_F(PackTest, ListsEveryPackWithItsState) {
  install("first", "bad", "weightz", "weights");
  install("first", "good", "weights", "weights");
  install("second", "lost", "weights", "weights");
  fs::remove(root_ / "second" / "lost" / "model.onnx");
  fs::create_directories(root_ / "second" / "torn");
  std::ofstream(root_ / "second" / "torn" / "pack.toml") << "name = ";

  const std::vector<PackListing> listings = list_packs({root_ / "first", root_ / "second", root_ / "third"});
  std::vector<std::string> lines;
  for (const PackListing& listing : listings) {
    lines.push_back(listing.manifest.name + " " + pack_state_name(listing.state));
    EXPECT_EQ(listing.detail.empty(), listing.state == PackState::ok);
  }
  EXPECT_THAT(lines, testing::ElementsAre("bad corrupt", "good ok", "lost missing", "torn corrupt"));
}

TEST(InstalledPacksTest, AllAreInOrder) {
  const std::vector<PackListing> listings = list_packs({fs::path(LIKENESS_DEPS_DIR) / "packs"});
  EXPECT_EQ(listings.size(), 7U);
  for (const PackListing& listing : listings) EXPECT_EQ(listing.state, PackState::ok) << listing.detail;
}

TEST_F(PackTest, AJoinedPackIsAsWholeAsItsMembers) {
  install("first", "one", "weights", "weights", "face_embedding");
  install("second", "two", "weights", "weights", "face_embedding");
  install_joined("both", "one", "two");
  const Result<Pack> pack = open_pack(folders_, "both", Task::face_embedding);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  ASSERT_EQ(pack->joined.size(), 2U);
  EXPECT_EQ(pack->joined[1].file, root_ / "second" / "two" / "model.onnx");
  EXPECT_TRUE(pack->file.empty());

  install_joined("all", "one", "both");
  const Result<Pack> nested = open_pack(folders_, "all", Task::face_embedding);
  ASSERT_FALSE(nested.ok());
  EXPECT_THAT(nested.error().message, HasSubstr("joined itself"));

  install("second", "two", "weightz", "weights", "face_embedding");
  const Result<Pack> damaged = open_pack(folders_, "both", Task::face_embedding);
  ASSERT_FALSE(damaged.ok());
  EXPECT_THAT(damaged.error().message, testing::AllOf(HasSubstr("both"), HasSubstr("two/model.onnx")));

  install_joined("lost", "one", "nobody");
  EXPECT_EQ(open_pack(folders_, "lost", Task::face_embedding).error().kind, ErrorKind::not_found);
  install("first", "eye", "weights", "weights");
  install_joined("mixed", "one", "eye");
  EXPECT_EQ(open_pack(folders_, "mixed", Task::face_embedding).error().kind, ErrorKind::invalid_argument);
}

// A pack that joins itself ends with an error, not in a circle.
TEST_F(PackTest, AJoinedPackDoesNotJoinItself) {
  install("first", "one", "weights", "weights", "face_embedding");
  install_joined("self", "one", "self");
  const Result<Pack> pack = open_pack(folders_, "self", Task::face_embedding);
  ASSERT_FALSE(pack.ok());
  EXPECT_THAT(pack.error().message, HasSubstr("joined itself"));
}

}  // namespace
}  // namespace likeness::infer
