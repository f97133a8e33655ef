#include "importer/picture_names.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "importer/names.h"

namespace likeness::importer {
namespace {

namespace fs = std::filesystem;

class PictureNamesTest : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(root_); }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& file) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << "picture";
  }
  std::string found(const PictureNames& names, const std::string& id) const {
    const Result<std::string> file = names.find(id);
    return file.ok() ? *file : file.error().kind == ErrorKind::conflict ? "several" : "none";
  }

  const fs::path root_ = fs::path(testing::TempDir()) / "likeness_picture_names_test";
};

TEST_F(PictureNamesTest, FindsAFileByEachNameThatAClientMayHaveGiven) {
  put("Ann Bee/holiday/beach.2.jpg");
  put("top.png");
  const PictureNames names = PictureNames::read(root_, 10).value();
  const std::string file = "Ann Bee/holiday/beach.2.jpg";
  EXPECT_EQ(found(names, "beach.2.jpg"), file);
  EXPECT_EQ(found(names, "beach.2"), file);
  EXPECT_EQ(found(names, "Ann Bee:holiday:beach.2.jpg"), file);
  EXPECT_EQ(found(names, external_image_id_of("Ann Bee", "holiday/beach.2.jpg")), file);
  EXPECT_EQ(found(names, "top"), "top.png");
  EXPECT_EQ(found(names, "beach"), "none");
  EXPECT_EQ(found(names, ""), "none");
}

TEST_F(PictureNamesTest, WhatSeveralFilesAreCalledIsNoName) {
  put("a/one.jpg");
  put("b/one.jpg");
  put("c/one.png");
  const PictureNames names = PictureNames::read(root_, 10).value();
  EXPECT_EQ(found(names, "one.jpg"), "several");
  EXPECT_EQ(found(names, "one"), "several");
  EXPECT_EQ(found(names, "one.png"), "c/one.png");
  EXPECT_EQ(found(names, "b:one.jpg"), "b/one.jpg");
}

TEST_F(PictureNamesTest, HiddenFilesAndLinksAreNoPicturesAndThereIsALimit) {
  put(".secret.jpg");
  put("real.jpg");
  fs::create_symlink(root_ / "real.jpg", root_ / "link.jpg");
  const PictureNames names = PictureNames::read(root_, 10).value();
  EXPECT_EQ(found(names, ".secret.jpg"), "none");
  EXPECT_EQ(found(names, "link.jpg"), "none");
  put("more.jpg");
  EXPECT_EQ(PictureNames::read(root_, 2).error().kind, ErrorKind::limit_exceeded);
  EXPECT_EQ(PictureNames::read(root_ / "nowhere", 2).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace likeness::importer
