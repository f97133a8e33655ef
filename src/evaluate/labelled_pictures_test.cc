#include "evaluate/labelled_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/ids.h"
#include "evaluate/csv_file.h"

namespace likeness::evaluate {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class LabelledPicturesTest : public testing::Test {
 protected:
  ~LabelledPicturesTest() override {
    std::error_code failure;
    fs::remove_all(folder_, failure);
  }
  fs::path write(const std::string& name, const std::string& text = "x") const {
    const fs::path file = folder_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }
  const fs::path folder_ = fs::temp_directory_path() / ("likeness_labels_" + random_uuid());
};

TEST_F(LabelledPicturesTest, AFolderForEachPerson) {
  for (const char* name : {"bob/2.PNG", "ann/1.jpg", "ann/deep/3.jpeg", "ann/notes.txt", "loose.jpg"}) write(name);
  const std::vector<LabelledPicture> pictures = read_folder(folder_).value();
  ASSERT_EQ(pictures.size(), 3U);
  EXPECT_EQ(pictures[0].name, "ann/1.jpg");
  EXPECT_EQ(pictures[1].name, "ann/deep/3.jpeg");
  EXPECT_EQ(pictures[1].person, "ann");
  EXPECT_EQ(pictures[2].person, "bob");
  EXPECT_EQ(read_folder(folder_ / "none").error().kind, ErrorKind::not_found);
}

TEST(Csv, FieldsAndQuotes) {
  EXPECT_THAT(csv_fields("a,b,,c").value(), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(csv_fields(R"("a,b","say ""hi""",x"y)").value(), ElementsAre("a,b", R"(say "hi")", R"(x"y)"));
  EXPECT_THAT(csv_fields("").value(), ElementsAre(""));
  EXPECT_EQ(csv_fields(R"(a,"b)").error().kind, ErrorKind::malformed);
}

TEST_F(LabelledPicturesTest, ACsvWithGroups) {
  const fs::path file = write("list.csv", "person,path,group\r\nann,a/1.jpg,x\r\n\r\n\"Bob, jr\",b.jpg,\r\n");
  const std::vector<LabelledPicture> pictures = read_csv(file).value();
  ASSERT_EQ(pictures.size(), 2U);
  EXPECT_EQ(pictures[0].path, folder_ / "a/1.jpg");
  EXPECT_EQ(pictures[0].group, "x");
  EXPECT_EQ(pictures[1].person, "Bob, jr");
  EXPECT_EQ(pictures[1].group, "");
  EXPECT_THAT(read_csv(write("no.csv", "file,who\na,b\n")).error().message, HasSubstr("path, person"));
  EXPECT_THAT(read_csv(write("long.csv", "path,person\na,b,c\n")).error().message, HasSubstr("line 2"));
  EXPECT_EQ(read_csv(folder_ / "none.csv").error().kind, ErrorKind::not_found);
}

TEST_F(LabelledPicturesTest, PairsAsLabeledFacesInTheWildHasThem) {
  for (const char* name : {"Ann/Ann_0001.jpg", "Ann/Ann_0002.jpg", "Bob/Bob_0001.jpg"}) write(name);
  const std::vector<LabelledPicture> pictures = read_folder(folder_).value();
  const std::vector<LabelledPair> pairs =
      read_pairs(write("pairs.txt", "2\t1\nAnn\t1\t2\nAnn\t1\tBob\t1\nAnn\t2\t1\nBob\t1\tAnn\t2\n"), pictures).value();
  ASSERT_EQ(pairs.size(), 4U);
  EXPECT_TRUE(pairs[0].same && pairs[0].fold == 0 && pairs[0].a == 0 && pairs[0].b == 1);
  EXPECT_TRUE(!pairs[1].same && pairs[1].fold == 0 && pairs[1].b == 2);
  EXPECT_TRUE(pairs[2].same && pairs[2].fold == 1);
  EXPECT_EQ(pairs[3].a, 2U);
  EXPECT_EQ(read_pairs(write("missing.txt", "2 1\nAnn 1 9\n"), pictures).error().kind, ErrorKind::not_found);
  for (const char* bad : {"", "x", "2 1\nAnn 1\n", "2 1\nAnn 1 2\n", "-1 5\n", "2 999999999\n"}) {
    EXPECT_EQ(read_pairs(write("bad.txt", bad), pictures).error().kind, ErrorKind::malformed) << bad;
  }
}

}  // namespace
}  // namespace likeness::evaluate
