#include "match/shared_search.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "match/random_vectors.h"

namespace likeness::match {
namespace {

TEST(SharedSearch, GivesEachCallerItsOwnAnswer) {
  constexpr std::size_t dimension = 128;
  constexpr int callers = 8;
  RandomVectors vectors(dimension);
  auto index = VectorIndex::create({.dimension = dimension});
  ASSERT_TRUE(index.ok());
  std::vector<std::vector<float>> people;
  for (VectorId id = 0; id < 3000; ++id) {
    people.push_back(vectors.stranger());
    ASSERT_TRUE((*index)->add(id, people.back(), 0, {}).ok());
  }
  SharedSearch shared(**index, 1, 1000);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  threads.reserve(64);
  for (int t = 0; t < callers; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = static_cast<std::size_t>(t); i < people.size(); i += 100) {
        const auto found = shared.search({.vector = people[i], .least_cosine = 0.9F, .limit = 3});
        if (!found.ok() || found->size() != 1 || found->front().id != i) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(shared.counts().queries, 240U);
  EXPECT_LE(shared.counts().passes, 240U);
}

TEST(SharedSearch, HelpersChangeNoAnswer) {
  constexpr std::size_t dimension = 64;
  RandomVectors vectors(dimension);
  auto index = VectorIndex::create({.dimension = dimension});
  ASSERT_TRUE(index.ok());
  std::vector<std::vector<float>> people;
  for (VectorId id = 0; id < 20'000; ++id) {
    people.push_back(vectors.stranger());
    ASSERT_TRUE((*index)->add(id, people.back(), 0, {}).ok());
  }
  ScanHelpers helpers(3);
  SharedSearch shared(**index, 1, 1000, {.helpers = &helpers});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  threads.reserve(64);
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < people.size(); i += 401) {
        const Query query{.vector = people[i], .least_cosine = 0.2F, .limit = 50};
        const auto alone = (*index)->search(std::span(&query, 1));
        const auto found = shared.search(query);
        if (!found.ok() || !alone.ok() || *found != alone->front()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Tasks of a pool with one thread are together in a scan only if they step aside.
TEST(SharedSearch, TasksOfASmallPoolShareAPass) {
  constexpr std::size_t dimension = 64;
  constexpr std::size_t callers = 12;
  RandomVectors vectors(dimension);
  auto index = VectorIndex::create({.dimension = dimension});
  ASSERT_TRUE(index.ok());
  std::vector<std::vector<float>> people;
  for (VectorId id = 0; id < 20'000; ++id) {
    people.push_back(vectors.stranger());
    ASSERT_TRUE((*index)->add(id, people.back(), 0, {}).ok());
  }
  ThreadPool pool(1, PerWorkClass<std::size_t>{1000, 1000, 1000}, {0, callers});
  SharedSearch shared(**index, 1, 1000, {.pool = &pool});
  std::atomic<int> wrong = 0;
  constexpr std::size_t tasks = 600;
  for (std::size_t i = 0; i < tasks; ++i) {
    ASSERT_TRUE(pool.try_submit(WorkClass::interactive, [&, i] {
      const std::vector<float>& person = people[i * 31 % people.size()];
      const Query query{.vector = person, .least_cosine = 0.2F, .limit = 50};
      const auto found = shared.search(query);
      if (!found.ok() || found->empty() || found->front().id != i * 31 % people.size()) ++wrong;
    }));
  }
  pool.drain();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(shared.counts().queries, tasks);
  EXPECT_LT(shared.counts().passes, tasks) << "some were together";
}

TEST(SharedSearch, AnInvalidQueryFailsAlone) {
  auto index = VectorIndex::create({.dimension = 64});
  ASSERT_TRUE(index.ok());
  SharedSearch shared(**index, 1, 10);
  const std::vector<float> short_vector(63);
  EXPECT_EQ(shared.search({.vector = short_vector}).error().kind, ErrorKind::invalid_argument);
  const std::vector<float> vector(64);
  EXPECT_EQ(shared.search({.vector = vector, .limit = 0}).error().kind, ErrorKind::invalid_argument);
  EXPECT_TRUE(shared.search({.vector = vector}).ok());
}

TEST(SharedSearch, RefusesWhatWouldWaitTooLong) {
  auto index = VectorIndex::create({.dimension = 64});
  ASSERT_TRUE(index.ok());
  SharedSearch shared(**index, 1, 0);
  const std::vector<float> vector(64);
  EXPECT_EQ(shared.search({.vector = vector}).error().kind, ErrorKind::overloaded);
}

}  // namespace
}  // namespace likeness::match
