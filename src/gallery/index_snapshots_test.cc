#include "gallery/index_snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gallery/test_gallery.h"
#include "match/random_vectors.h"
#include "match/snapshot.h"

namespace likeness::gallery {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class IndexSnapshotsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    gallery_.emplace(disk_, folder_);
    gallery_->make_collection("c");
    person_ = random_.stranger();
    probe_ = gallery_->add("c", person_);
    near_ = gallery_->add("c", random_.same_person(person_, 0.9F));
    gallery_->make_user("c", "ann");
    EXPECT_EQ(gallery_->associate("c", "ann", {near_}).faces.size(), 1U);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  // The next start, with what lies on the disk.
  void restart() {
    gallery_.reset();
    gallery_.emplace(disk_, folder_);
    std::vector<std::uint64_t> in_use = *disk_.store.slots_in_use();
    for (const std::uint64_t slot : gallery_->index_snapshots->slots_in_use()) in_use.push_back(slot);
    std::sort(in_use.begin(), in_use.end());
    ASSERT_TRUE(gallery_->slots().reclaim(in_use).ok());
  }
  std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> found;
    if (!std::filesystem::exists(folder_)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) found.push_back(entry.path());
    return found;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("likeness_snapshots_" + random_uuid());
  TestDisk disk_;
  std::optional<TestGallery> gallery_;
  match::RandomVectors random_{FakeEmbedder::test_dimension, 9};
  std::vector<float> person_;
  std::string probe_;
  std::string near_;
};

TEST_F(IndexSnapshotsTest, IsLoadedAndCaughtUpWithWhatCameAfter) {
  gallery_->indexes->write_snapshots(1);
  ASSERT_EQ(files().size(), 1U);
  const std::string later = gallery_->add("c", random_.same_person(person_, 0.9F));
  gallery_->make_user("c", "late");
  ASSERT_EQ(gallery_->associate("c", "late", {later}).faces.size(), 1U);
  // What shows that the snapshot was read and not the templates: they cannot be read any more.
  restart();
  EXPECT_TRUE(gallery_->index_snapshots->on_disk(gallery_->caller.scope, "c").has_value());
  EXPECT_THAT(gallery_->like("c", probe_), UnorderedElementsAre(near_, later));
  EXPECT_THAT(gallery_->users_like("c", probe_), UnorderedElementsAre("ann", "late"));
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(IndexSnapshotsTest, UsersThatEndedOrChangedMeanwhileAreCaughtUp) {
  gallery_->indexes->write_snapshots(1);
  ASSERT_TRUE(gallery_->associations->remove_user(gallery_->caller, "c", "ann", std::nullopt).ok());
  restart();
  EXPECT_THAT(gallery_->users_like("c", probe_), IsEmpty());
  EXPECT_THAT(gallery_->like("c", probe_), ElementsAre(near_));
}

TEST_F(IndexSnapshotsTest, AnUnchangedIndexIsNotWrittenAgain) {
  gallery_->indexes->write_snapshots(1);
  const std::vector<std::filesystem::path> first = files();
  gallery_->indexes->write_snapshots(1);
  EXPECT_EQ(files(), first);
  gallery_->add("c", random_.stranger());
  gallery_->indexes->write_snapshots(100);
  EXPECT_EQ(files(), first) << "too small now";
  gallery_->indexes->write_snapshots(1);
  ASSERT_EQ(files().size(), 1U);
}

// The snapshot holds the vector of a face that is deleted: it must not be readable when the deletion is answered.
TEST_F(IndexSnapshotsTest, ADeletionEndsTheSnapshotsKey) {
  gallery_->indexes->write_snapshots(1);
  const SnapshotOnDisk snapshot = gallery_->index_snapshots->on_disk(gallery_->caller.scope, "c").value();
  const std::string owner = "index-snapshot/" + snapshot.file.substr(0, 32);
  ASSERT_TRUE(gallery_->slots().key(snapshot.key_slot, owner).ok());
  ASSERT_EQ(gallery_->faces->remove(gallery_->caller, "c", {probe_})->removed.size(), 1U);
  EXPECT_EQ(gallery_->slots().key(snapshot.key_slot, owner).error().kind, ErrorKind::corrupt);
  restart();
  const std::string again = gallery_->add("c", random_.same_person(person_, 0.9F));
  EXPECT_THAT(gallery_->like("c", again), ElementsAre(near_));
  EXPECT_THAT(files(), IsEmpty()) << "a snapshot without its key is removed";
}

TEST_F(IndexSnapshotsTest, ADamagedOneIsRemovedAndTheIndexBuiltFromTheStore) {
  gallery_->indexes->write_snapshots(1);
  const std::filesystem::path file = files().front();
  gallery_.reset();
  for (const int place : {3, 60, 400}) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(place);
    stream.put('\x55');
  }
  restart();
  EXPECT_THAT(gallery_->like("c", probe_), ElementsAre(near_));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(IndexSnapshotsTest, ADeletedCollectionLeavesNone) {
  gallery_->indexes->write_snapshots(1);
  ASSERT_TRUE(gallery_->deletion->remove(gallery_->caller, "c").ok());
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_EQ(gallery_->slots().used(), 0U);
}

}  // namespace
}  // namespace likeness::gallery
