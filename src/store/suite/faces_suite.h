// The part of the suite that is about faces; run like StoreSuite, for each backend.
//
// Linked into tests only.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/suite/store_suite.h"

namespace likeness::store {

inline FaceAddition addition_of(std::vector<Face> faces, std::uint64_t known = 0, std::uint64_t most = 1000) {
  return {.faces = std::move(faces), .known_of_pictures = known, .most = most};
}

class FaceSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    ASSERT_TRUE(store_->create_collection(here_, test_collection("c"), {}, test_mutation("c")).ok());
  }
  void add(const std::string& id, std::uint64_t slot) {
    const auto added = store_->add_faces(here_, "c", addition_of({test_face(id, slot)}), test_mutation("add"));
    ASSERT_TRUE(added.ok()) << added.error().message;
  }
  void make_user(const std::string& id) {
    ASSERT_TRUE(store_->create_user(here_, "c", test_user(id), test_mutation("user")).ok());
  }
  Result<Applied> move(const std::string& face, const std::string& from, const std::string& to,
                       const std::optional<std::string>& removed = std::nullopt) {
    Reassignment reassignment;
    if (!face.empty()) reassignment.moves.push_back({.face_id = face, .from = from, .to = to});
    reassignment.removed = removed;
    reassignment.most = 2;
    return store_->reassign(here_, "c", reassignment, test_mutation("move"));
  }
  Rejection rejection(const std::string& subject, const std::string& face) {
    return {.subject_id = subject, .face_id = face, .user_id = {}, .actor = "LKTEST", .created = test_time(5)};
  }
};

}  // namespace likeness::store
