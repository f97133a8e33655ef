// An import against a server in memory (fake_server.h), from names to the report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/ids.h"
#include "importer/collection.h"
#include "importer/fake_server.h"
#include "importer/import_people.h"
#include "importer/names.h"
#include "importer/people_folder.h"
#include "importer/picture_file.h"
#include "importer/printable.h"
#include "remote/manual_pacer.h"

namespace likeness::importer {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Names, OnesThatFitAreTheirOwnIds) {
  EXPECT_EQ(user_id_of("Ann-Marie_2.a:b"), "Ann-Marie_2.a:b");
  EXPECT_EQ(user_id_of(std::string(128, 'x')), std::string(128, 'x'));
  EXPECT_EQ(external_image_id_of("ann", "1.jpg"), "ann:1.jpg");
}

TEST(Names, OthersGiveIdsThatStayApart) {
  const std::string ann = user_id_of("Ann Böck");
  EXPECT_THAT(ann, testing::MatchesRegex("Ann_B__ck-[0-9a-f]+"));
  EXPECT_EQ(ann, user_id_of("Ann Böck")) << "the same every time";
  EXPECT_NE(ann, user_id_of("Ann_B__ck"));
  EXPECT_NE(user_id_of("a b"), user_id_of("a/b"));
  const std::string text(300, 'y');
  EXPECT_EQ(user_id_of(text).size(), longest_user_id);
  EXPECT_NE(user_id_of(text), user_id_of(text + "y"));
  EXPECT_EQ(external_image_id_of(text, text).size(), longest_external_image_id);
}

TEST(Names, PicturesOfPeopleWithColonsStayApart) {
  EXPECT_NE(external_image_id_of("a:b", "c"), external_image_id_of("a", "b:c"));
  EXPECT_NE(external_image_id_of("a:b", "c d"), external_image_id_of("a", "b:c d"));
  EXPECT_EQ(external_image_id_of("a", "b:c"), "a:b:c");
}

TEST(Names, NothingOfThemSteersATerminal) {
  EXPECT_EQ(printable("Zo\xC3\xAB \x1B[31m\r\n\x7F\xC2\x9B"
                      "1m\xC2"),
            "Zo\xC3\xAB ?[31m????1m?");
}

TEST(ApiClientTest, WaitsAsLongAsItIsAskedForPatience) {
  FakeServer server;
  server.throttles = 5;
  remote::ManualPacer pacer;
  ApiClient api(server, pacer);
  wire::DescribeCollectionRequest request;
  request.collection_id = "c";
  const auto call = [&] {
    return api.call<wire::DescribeCollectionRequest, wire::DescribeCollectionResponse>(
        wire::Operation::describe_collection, request);
  };
  EXPECT_TRUE(call().ok());
  EXPECT_THAT(pacer.sleeps, ElementsAre(ApiClient::first_pause / 2, ApiClient::first_pause, 2 * ApiClient::first_pause,
                                        4 * ApiClient::first_pause, 8 * ApiClient::first_pause));
  server.throttles = 1;
  server.throttle = {429, "a proxy's page"};
  EXPECT_TRUE(call().ok());
  server.throttles = 1;
  server.throttle = {500, R"({"__type":"InternalServerError"})"};
  EXPECT_TRUE(call().ok());
  server.throttle = {503, ""};
  server.throttles = 1'000'000;
  EXPECT_EQ(call().error().kind, ErrorKind::unavailable);
  EXPECT_LT(server.requests, 100);
}

class ImportTest : public testing::Test {
 protected:
  ImportTest() { fs::create_directories(folder_ / "people"); }
  ~ImportTest() override {
    std::error_code failure;
    fs::remove_all(folder_, failure);
  }
  void add(const std::string& path, const std::string& says) { write(path, FakeServer::picture(says)); }
  void write(const std::string& path, const Bytes& bytes) {
    const fs::path file = folder_ / "people" / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  Result<void> run(std::size_t parallel = 2) {
    report_ = std::make_unique<Report>();
    ApiClient api(server_, pacer_);
    const std::string made = TRY(prepare_collection(api, "c", creates_));
    const std::unique_ptr<Journal> journal = TRY(Journal::open(folder_ / "state", "server c " + made));
    const People people = find_people(folder_ / "people", Layout::people).value();
    ImportOptions options;
    options.target.collection = "c";
    options.parallel = parallel;
    return import_people(people, options, {api, *journal, *report_});
  }
  // Of users that have faces: how many.
  std::map<std::string, int> faces() const {
    std::map<std::string, int> counts;
    for (const auto& [face, user] : server_.owners) ++counts[user];
    return counts;
  }
  // Path and reason of what was refused.
  std::map<std::string, std::string> refused() const {
    std::map<std::string, std::string> reasons;
    for (const Remark& remark : report_->remarks()) {
      if (remark.refused) reasons[remark.path] = remark.reason;
    }
    return reasons;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("likeness_import_" + random_uuid());
  FakeServer server_;
  remote::ManualPacer pacer_;
  std::unique_ptr<Report> report_;
  bool creates_ = false;
};

TEST_F(ImportTest, EverybodyGetsTheirFaces) {
  add("ann/1.jpg", "a");
  add("ann/deeper/2.jpg", "a");
  add("bob/1.jpg", "two people");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 2}, {"bob", 1}}));
  EXPECT_EQ(report_->counts().associated, 3U);
  EXPECT_THAT(refused(), IsEmpty());
  ASSERT_EQ(report_->remarks().size(), 1U);
  EXPECT_THAT(report_->remarks().front().reason, HasSubstr("1 more faces"));
}

TEST_F(ImportTest, WhatIsRefusedIsSaidAndTheRestGoesOn) {
  add("ann/good.jpg", "a");
  add("ann/nobody.jpg", "nobody");
  add("ann/blurred.jpg", "blurred");
  add("ann/broken.jpg", "broken");
  add("ann/stranger.jpg", "stranger");
  write("ann/text.txt", Bytes{'h', 'i'});
  write("ann/large.jpg", [] {
    Bytes bytes = FakeServer::picture("a");
    bytes.resize(most_picture_bytes + 1);
    return bytes;
  }());
  write("ann/.hidden.jpg", FakeServer::picture("a"));
  fs::create_symlink("/etc/hostname", folder_ / "people/ann/link.jpg");
  write("loose.jpg", FakeServer::picture("a"));
  fs::create_directories(folder_ / "people/empty");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 1}})) << "the stranger's face is gone again";
  const std::map<std::string, std::string> reasons = refused();
  EXPECT_EQ(reasons.size(), 8U);
  EXPECT_THAT(reasons.at("ann/nobody.jpg"), HasSubstr("no face"));
  EXPECT_THAT(reasons.at("ann/blurred.jpg"), HasSubstr("LOW_SHARPNESS"));
  EXPECT_THAT(reasons.at("ann/broken.jpg"), HasSubstr("says the server"));
  EXPECT_THAT(reasons.at("ann/stranger.jpg"), HasSubstr("somebody else"));
  EXPECT_THAT(reasons.at("ann/text.txt"), HasSubstr("no JPEG"));
  EXPECT_THAT(reasons.at("ann/large.jpg"), HasSubstr("smaller"));
  EXPECT_THAT(reasons.at("ann/link.jpg"), HasSubstr("link"));
  EXPECT_THAT(reasons.at("loose.jpg"), HasSubstr("no person's folder"));
  EXPECT_FALSE(server_.users.contains("empty"));
  EXPECT_THAT(report_->json("c", ""), HasSubstr(R"("faces":1,"refused":8)"));

  const int before = server_.requests;
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(refused(), reasons) << "said again, without asking again";
  EXPECT_EQ(server_.requests, before + 1) << "only whether the collection is there";
}

// However many requests were answered before it ended: in the end all is as if it had not.
TEST_F(ImportTest, OneThatEndsAnywhereGoesOn) {
  for (const char* person : {"ann", "bob", "cem"}) {
    for (int i = 0; i < 4; ++i) add(std::string(person) + "/" + std::to_string(i) + ".jpg", i == 2 ? "stranger" : "a");
  }
  ASSERT_TRUE(run(1).ok());
  const std::map<std::string, int> expected = faces();
  const std::map<std::string, std::string> reasons = refused();
  const int all = server_.requests;
  for (int i = 0; i < 2 * all; ++i) {
    const int end = i / 2;
    server_.does_the_last = i % 2 == 1;
    fs::remove(folder_ / "state");
    server_.owners.clear();
    server_.pictures.clear();
    server_.users.clear();
    server_.requests = 0;
    server_.fail_after = end;
    EXPECT_EQ(run(1).error().kind, ErrorKind::unavailable) << end;
    server_.fail_after = -1;
    ASSERT_TRUE(run(3).ok()) << end;
    EXPECT_EQ(faces(), expected) << end;
    EXPECT_EQ(refused(), reasons) << end;
  }
}

TEST_F(ImportTest, AChangedPictureIsANewOne) {
  add("ann/1.jpg", "nobody");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(refused().size(), 1U);
  add("ann/1.jpg", "a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 1}}));
}

TEST_F(ImportTest, APersonHasAtMostAHundredFaces) {
  for (std::size_t i = 0; i < most_faces_of_person + 3; ++i) add("ann/" + std::to_string(1000 + i) + ".jpg", "a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces().at("ann"), 100);
  EXPECT_EQ(refused().size(), 3U);
  add("ann/2000.jpg", "a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces().at("ann"), 100);
}

TEST_F(ImportTest, AFaceOfAnotherUserStaysWhereItIs) {
  add("ann/1.jpg", "a");
  ASSERT_TRUE(run().ok());
  server_.owners.begin()->second = "anna";  // an operator has moved it
  fs::remove(folder_ / "state");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"anna", 1}}));
  EXPECT_THAT(refused().at("ann/1.jpg"), HasSubstr("another user"));
}

TEST_F(ImportTest, AFullUserKeepsItsFacesAndTakesWhatFits) {
  server_.most_faces_of_user = 5;
  for (int i = 1; i <= 4; ++i) add("ann/" + std::to_string(i) + ".jpg", "a");
  ASSERT_TRUE(run().ok());
  fs::remove(folder_ / "state");  // the import no longer knows that four are hers
  for (const char* file : {"ann/0.jpg", "ann/5.jpg", "ann/6.jpg"}) add(file, "a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 5}}));
  EXPECT_EQ(server_.owners.size(), 5U) << "what did not fit is not left behind";
  EXPECT_EQ(refused().size(), 2U);
  EXPECT_THAT(refused().at("ann/6.jpg"), HasSubstr("too many faces"));
}

TEST_F(ImportTest, PlacesOfRefusedFacesAreGivenToOthers) {
  for (std::size_t i = 0; i < most_faces_of_person + 5; ++i) {
    add("ann/" + std::to_string(1000 + i) + ".jpg", i < 2 ? "stranger" : "a");
  }
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 100}}));
  EXPECT_EQ(refused().size(), 5U);
  EXPECT_EQ(report_->counts().seen, 105U);
}

TEST_F(ImportTest, AnotherFaceIsNotTakenForABlurredOne) {
  add("ann/1.jpg", "blurred before another");
  ASSERT_TRUE(run().ok());
  EXPECT_TRUE(server_.owners.empty());
  EXPECT_THAT(refused().at("ann/1.jpg"), HasSubstr("LOW_SHARPNESS"));
}

TEST_F(ImportTest, AFaceThatWentAwayMeanwhileIsEnrolledAgain) {
  add("ann/1.jpg", "a");
  add("ann/2.jpg", "a");
  server_.fail_after = 3;  // both are enrolled, and nobody's
  EXPECT_FALSE(run(1).ok());
  server_.fail_after = -1;
  ASSERT_EQ(server_.owners.size(), 2U);
  server_.owners.erase(server_.pictures.at("ann:1.jpg a"));
  server_.pictures.erase("ann:1.jpg a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 2}}));
  EXPECT_THAT(refused(), IsEmpty());
}

TEST_F(ImportTest, AFolderThatCannotBeReadIsSaidAndTheRestGoesOn) {
  for (std::size_t i = 0; i <= most_pictures_of_person; ++i) write("ann/" + std::to_string(i), {});
  add("bob/1.jpg", "a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"bob", 1}}));
  EXPECT_THAT(refused().at("ann"), HasSubstr("holds more than"));
}

TEST_F(ImportTest, FoldersOfOneUserAreNotMixed) {
  const std::string id = user_id_of("a b");
  add("a b/1.jpg", "a");
  add(id + "/1.jpg", "a");
  add("bob/1.jpg", "a");
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"bob", 1}}));
  EXPECT_EQ(refused().size(), 2U);
  EXPECT_THAT(refused().at("a b"), HasSubstr(id));
}

TEST_F(ImportTest, WithoutACollectionItSaysWhatToDo) {
  server_.has_collection = false;
  add("ann/1.jpg", "a");
  const Result<void> result = run();
  EXPECT_EQ(result.error().kind, ErrorKind::not_found);
  EXPECT_THAT(result.error().message, HasSubstr("--create"));
  creates_ = true;
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(faces(), (std::map<std::string, int>{{"ann", 1}}));
}

TEST_F(ImportTest, OneThatWasMadeAgainIsAnotherCollection) {
  add("ann/1.jpg", "a");
  ASSERT_TRUE(run().ok());
  server_.collection_made += std::chrono::seconds(60);
  EXPECT_EQ(run().error().kind, ErrorKind::invalid_argument) << "else it would say that all is done";
}

TEST_F(ImportTest, ThereIsNoPatienceWithAServerThatNeverAnswered) {
  add("ann/1.jpg", "a");
  server_.fail_after = 0;
  EXPECT_THAT(run().error().message, HasSubstr("endpoint"));
  EXPECT_TRUE(pacer_.sleeps.empty());
  server_.fail_after = 2;
  server_.requests = 0;
  EXPECT_EQ(run(1).error().kind, ErrorKind::unavailable);
  EXPECT_GT(pacer_.sleeps.size(), 5U) << "one that has answered may come back";
}

TEST_F(ImportTest, TheReportSaysWhatNamesBecame) {
  add("Ann \x1B[2J\n\xFF/1.jpg", "nobody");
  ASSERT_TRUE(run().ok());
  const std::string id = user_id_of("Ann \x1B[2J\n\xFF");
  EXPECT_THAT(report_->json("c", ""), HasSubstr(R"("user_ids":[
{"folder":"Ann \u001b[2J\u000a)"
                                                "\xEF\xBF\xBD"
                                                R"(","user_id":")" +
                                                id));
  std::ostringstream summary;
  report_->write_summary(summary);
  EXPECT_THAT(summary.str(), HasSubstr("Ann ?[2J?"
                                       "?/1.jpg: there is no face"));
}

class FrigateTest : public ImportTest {};

TEST_F(FrigateTest, ItsFacesAreFoundAndAttemptsLeftOut) {
  const fs::path media = folder_ / "people";
  for (const char* path : {"clips/faces/ann/1.webp", "clips/faces/train/x.webp", "clips/faces/bob/2.webp"}) {
    write(path, Bytes{1});
  }
  for (const fs::path& named :
       {media, media / "clips", media / "clips/faces", media / "clips/faces/", media / "clips/faces/ann/.."}) {
    const Result<People> people = find_people(named, Layout::frigate);
    ASSERT_TRUE(people.ok()) << named;
    EXPECT_THAT(people->names, ElementsAre("ann", "bob"));
    ASSERT_EQ(people->left_out.size(), 1U);
    EXPECT_EQ(people->left_out.front().path, "train");
  }
  EXPECT_EQ(find_people(folder_, Layout::frigate).error().kind, ErrorKind::not_found);
  fs::remove_all(media / "clips/faces/train");
  write("clips/faces/faces/3.webp", Bytes{1});
  EXPECT_THAT(find_people(media / "clips/faces/", Layout::frigate)->names, ElementsAre("ann", "bob", "faces"));
}

TEST(PictureFile, OtherThanFilesAreRefused) {
  EXPECT_EQ(read_picture_file("/dev/zero").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(read_picture_file("/nowhere").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(picture_for_api(Bytes{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P'}).error().kind,
            ErrorKind::invalid_image);
}

}  // namespace
}  // namespace likeness::importer
