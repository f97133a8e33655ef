#include "match/vector_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "match/naive_search.h"
#include "match/random_vectors.h"
#include "match/row_block.h"

namespace likeness::match {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

constexpr std::size_t block_of_64 = rows_of_block(64);
constexpr std::size_t block_of_512 = rows_of_block(512);

std::unique_ptr<VectorIndex> make_index(std::size_t dimension, const DotKernel* kernel = nullptr) {
  auto index = VectorIndex::create({.dimension = dimension, .embedding_space = "test", .kernel = kernel});
  EXPECT_TRUE(index.ok());
  return *std::move(index);
}

std::vector<Candidate> search_one(const VectorIndex& index, const Query& query) {
  auto answers = index.search(std::span(&query, 1));
  EXPECT_TRUE(answers.ok());
  return answers.value().front();
}

std::vector<VectorId> ids_of(const std::vector<Candidate>& candidates) {
  std::vector<VectorId> ids;
  for (const Candidate& candidate : candidates) ids.push_back(candidate.id);
  return ids;
}

TEST(VectorIndex, FindsTheNearestFirst) {
  RandomVectors vectors(512);
  const auto index = make_index(512);
  const std::vector<float> person = vectors.stranger();
  ASSERT_TRUE(index->add(1, person, 0, {}).ok());
  ASSERT_TRUE(index->add(2, vectors.same_person(person, 0.9F), 0, {}).ok());
  ASSERT_TRUE(index->add(3, vectors.same_person(person, 0.6F), 0, {}).ok());
  ASSERT_TRUE(index->add(4, vectors.stranger(), 0, {}).ok());
  const auto found = search_one(*index, {.vector = person, .least_cosine = 0.4F, .limit = 10});
  EXPECT_THAT(ids_of(found), ElementsAre(1, 2, 3));
  EXPECT_NEAR(found[0].cosine, 1, 0.003);
  EXPECT_THAT(ids_of(search_one(*index, {.vector = person, .least_cosine = 0.4F, .limit = 2})), ElementsAre(1, 2));
}

TEST(VectorIndex, OfEqualOnesTheLowestIdComesFirst) {
  RandomVectors vectors(64);
  const auto index = make_index(64);
  const std::vector<float> vector = vectors.stranger();
  for (const VectorId id : {9U, 3U, 7U, 5U, 1U}) ASSERT_TRUE(index->add(id, vector, 0, {}).ok());
  EXPECT_THAT(ids_of(search_one(*index, {.vector = vector, .limit = 3})), ElementsAre(1, 3, 5));
}

TEST(VectorIndex, TheMaskIsTestedBeforeTheHeap) {
  RandomVectors vectors(64);
  const auto index = make_index(64);
  const std::vector<float> person = vectors.stranger();
  ASSERT_TRUE(index->add(1, person, 0, {.from = at(100), .until = at(200)}).ok());
  ASSERT_TRUE(index->add(2, vectors.same_person(person, 0.9F), 1, {}).ok());
  ASSERT_TRUE(index->add(3, vectors.same_person(person, 0.8F), 0, {}).ok());
  const std::vector<VectorId> excluded = {3};
  Query query{.vector = person, .limit = 1, .at = at(150)};
  EXPECT_THAT(ids_of(search_one(*index, query)), ElementsAre(1));
  query.at = at(99);
  EXPECT_THAT(ids_of(search_one(*index, query)), ElementsAre(2)) << "what is not valid yet displaces nothing";
  query.at = at(200);
  EXPECT_THAT(ids_of(search_one(*index, query)), ElementsAre(2)) << "the end is exclusive";
  query.kinds = only(0);
  EXPECT_THAT(ids_of(search_one(*index, query)), ElementsAre(3));
  query.excluded = excluded;
  EXPECT_THAT(search_one(*index, query), IsEmpty());
  query.at = at(100);
  EXPECT_THAT(ids_of(search_one(*index, query)), ElementsAre(1)) << "the start is inclusive";
}

TEST(VectorIndex, RemovedRowsAreGoneAndTheirRoomIsUsedAgain) {
  RandomVectors vectors(64);
  const auto index = make_index(64);
  std::vector<std::vector<float>> rows;
  for (VectorId id = 0; id < 2 * block_of_64; ++id) {
    rows.push_back(vectors.stranger());
    ASSERT_TRUE(index->add(id, rows.back(), 0, {}).ok());
  }
  const std::size_t memory = index->memory_bytes();
  for (VectorId id = 0; id < block_of_64; ++id) ASSERT_TRUE(index->remove(id));
  EXPECT_FALSE(index->remove(0));
  EXPECT_EQ(index->size(), block_of_64);
  EXPECT_THAT(search_one(*index, {.vector = rows[5], .least_cosine = 0.99F, .limit = 5}), IsEmpty());
  for (VectorId id = 1'000'000; id < 1'000'000 + block_of_64; ++id)
    ASSERT_TRUE(index->add(id, vectors.stranger(), 0, {}).ok());
  EXPECT_LE(index->memory_bytes(), memory + block_of_64 * sizeof(std::uint32_t) * 2);
}

TEST(RowBlock, RemovalOverwritesTheCodes) {
  RowBlock block(64, rows_per_group);
  const std::vector<Code> codes(64, Code{77});
  block.put(3, codes, {}, 0.5F, {.id = 9, .born = 1});
  block.put(4, codes, {}, 0.5F, {.id = 10, .born = 2});
  block.erase(3);
  EXPECT_EQ(std::count(block.groups(), block.groups() + 64 * rows_per_group, StoredCode{77 + 128}), 64);
  EXPECT_EQ(std::count(block.levels(3), block.levels(4), 0), 16);
  EXPECT_EQ(block.steps()[3], 0);
  EXPECT_EQ(block.info(3).id, 0U);
}

TEST(VectorIndex, AFewRowsAreSmall) {
  const auto index = make_index(512);
  RandomVectors vectors(512);
  EXPECT_LT(index->memory_bytes(), 1024U);
  ASSERT_TRUE(index->add(1, vectors.stranger(), 0, {}).ok());
  EXPECT_LT(index->memory_bytes(), 16U * 1024);
  // And nothing is lost while a block grows.
  for (VectorId id = 2; id <= block_of_512 + 40; ++id) {
    const std::vector<float> vector = vectors.stranger();
    ASSERT_TRUE(index->add(id, vector, 0, {}).ok());
    if (id > 70 && id < block_of_512 - 10) continue;
    ASSERT_THAT(ids_of(search_one(*index, {.vector = vector, .least_cosine = 0.9F, .limit = 3})), ElementsAre(id));
  }
  std::size_t rows = 0;
  index->each([&](const VectorIndex::Row&) { ++rows; });
  EXPECT_EQ(rows, block_of_512 + 40);
}

TEST(VectorIndex, IdsOfAnyKindAreKeptApart) {
  const auto index = make_index(64);
  RandomVectors vectors(64);
  const std::vector<float> vector = vectors.stranger();
  std::set<VectorId> expected;
  std::mt19937_64 random(4);
  for (VectorId i = 0; i < 3000; ++i) {
    for (const VectorId id : {i, (VectorId{1} << 63) + i, VectorId{random()} | 1U << 20}) {
      ASSERT_EQ(index->add(id, vector, 0, {}).ok(), expected.insert(id).second);
    }
    const VectorId victim = random() % 4000;
    ASSERT_EQ(index->remove(victim), expected.erase(victim) > 0);
  }
  std::set<VectorId> found;
  index->each([&](const VectorIndex::Row& row) { found.insert(row.id); });
  EXPECT_EQ(found, expected);
  for (const VectorId id : expected) ASSERT_TRUE(index->set_validity(id, {}));
}

TEST(VectorIndex, APassIsTheSameByManyThreads) {
  constexpr std::size_t dimension = 64;
  RandomVectors vectors(dimension, 9);
  const auto index = make_index(dimension);
  const std::vector<float> person = vectors.stranger();
  for (VectorId id = 0; id < 40'000; ++id) {
    ASSERT_TRUE(index->add(id, id % 100 == 0 ? vectors.same_person(person) : vectors.stranger(), 0, {}).ok());
  }
  const std::vector<Query> queries(5, Query{.vector = person, .least_cosine = 0.1F, .limit = 300});
  const auto alone = index->search(queries);
  ASSERT_TRUE(alone.ok());
  for (int round = 0; round < 20; ++round) {
    const auto pass = index->begin(queries);
    ASSERT_TRUE(pass.ok());
    std::vector<std::thread> helpers;
    for (int i = 0; i < 3; ++i) helpers.emplace_back([&] { (*pass)->help(); });
    const auto together = (*pass)->take();
    for (std::thread& helper : helpers) helper.join();
    EXPECT_EQ(together, *alone);
    EXPECT_FALSE((*pass)->has_work());
  }
}

TEST(VectorIndex, SaysWhatIsWrong) {
  const auto index = make_index(64);
  RandomVectors vectors(64);
  const std::vector<float> vector = vectors.stranger();
  ASSERT_TRUE(index->add(1, vector, 0, {}).ok());
  EXPECT_EQ(index->add(1, vector, 0, {}).error().kind, ErrorKind::already_exists);
  EXPECT_EQ(index->add(2, std::vector<float>(63), 0, {}).error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(index->add(2, vector, 32, {}).error().kind, ErrorKind::invalid_argument);
  const Query no_limit{.vector = vector, .limit = 0};
  EXPECT_EQ(index->search(std::span(&no_limit, 1)).error().kind, ErrorKind::invalid_argument);
  const std::vector<Query> too_many(max_queries_of_pass + 1, Query{.vector = vector});
  EXPECT_EQ(index->search(too_many).error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(VectorIndex::create({.dimension = 0}).error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(VectorIndex::create({.dimension = 5000}).error().kind, ErrorKind::invalid_argument);
  EXPECT_FALSE(index->set_validity(99, {}));
}

// Random histories, with every kernel, against the naive twin.
class EachIndexKernel : public testing::TestWithParam<DotKernel> {};

TEST_P(EachIndexKernel, AnswersAsTheNaiveIndexDoes) {
  constexpr std::size_t dimension = 100;  // padded
  RandomVectors vectors(dimension, 3);
  std::mt19937& random = vectors.random();
  const auto index = make_index(dimension, &GetParam());
  NaiveIndex naive;
  std::vector<std::vector<float>> people;
  for (int i = 0; i < 40; ++i) people.push_back(vectors.stranger());
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  VectorId next = 0;
  for (int step = 0; step < 4000; ++step) {
    const Validity validity{at(static_cast<std::int64_t>(any(50))), at(static_cast<std::int64_t>(50 + any(50)))};
    const std::size_t action = any(10);
    if (action < 6) {
      const std::vector<float> vector = vectors.same_person(people[any(people.size())]);
      const auto kind = static_cast<Kind>(any(3));
      ASSERT_TRUE(index->add(next, vector, kind, validity).ok());
      naive.add(next++, vector, kind, validity);
    } else if (action < 8) {
      const VectorId id = any(next + 1);
      ASSERT_EQ(index->remove(id), naive.remove(id));
    } else {
      const VectorId id = any(next + 1);
      ASSERT_EQ(index->set_validity(id, validity), naive.set_validity(id, validity));
    }
    if (step % 100 != 0) continue;
    std::vector<std::vector<VectorId>> excluded(1 + any(9));
    std::vector<Query> queries;
    for (auto& ids : excluded) {
      for (std::size_t i = any(20); i > 0; --i) ids.push_back(any(next + 1));
      std::sort(ids.begin(), ids.end());
      queries.push_back({.vector = people[any(people.size())],
                         .least_cosine = static_cast<float>(any(8)) * 0.1F - 0.1F,
                         .limit = 1 + any(60),
                         .at = at(static_cast<std::int64_t>(any(100))),
                         .kinds = static_cast<Kinds>(1 + any(7)),
                         .excluded = ids});
    }
    const auto answers = index->search(queries);
    ASSERT_TRUE(answers.ok());
    for (std::size_t q = 0; q < queries.size(); ++q) ASSERT_EQ(answers->at(q), naive.search(queries[q], true));
  }
  ASSERT_EQ(index->size(), naive.size());
}

INSTANTIATE_TEST_SUITE_P(OfThisCpu, EachIndexKernel,
                         testing::ValuesIn(kernels_of_this_cpu().begin(), kernels_of_this_cpu().end()),
                         [](const auto& tested) {
                           std::string name(tested.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(VectorIndex, SearchesRunBesideChanges) {
  constexpr std::size_t dimension = 64;
  RandomVectors vectors(dimension, 5);
  const auto index = make_index(dimension);
  const std::vector<float> person = vectors.stranger();
  for (VectorId id = 0; id < 2000; ++id) ASSERT_TRUE(index->add(id, vectors.same_person(person, 0.8F), 0, {}).ok());
  std::atomic<VectorId> removed_below = 0;
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> searchers;
  for (int i = 0; i < 2; ++i) {
    searchers.emplace_back([&] {
      while (!done) {
        const VectorId gone_before = removed_below.load();
        for (const Candidate& found : search_one(*index, {.vector = person, .least_cosine = 0.2F, .limit = 4096})) {
          if (found.id < gone_before) ++wrong;
        }
      }
    });
  }
  std::vector<std::vector<float>> fresh;
  for (int i = 0; i < 2000; ++i) fresh.push_back(vectors.same_person(person, 0.8F));
  for (VectorId id = 0; id < 2000; ++id) {
    ASSERT_TRUE(index->remove(id));
    removed_below = id + 1;
    ASSERT_TRUE(index->add(10'000 + id, fresh[id], 0, {}).ok());
  }
  done = true;
  for (std::thread& searcher : searchers) searcher.join();
  EXPECT_EQ(wrong, 0) << "a row was found by a search that began after its removal";
  EXPECT_EQ(search_one(*index, {.vector = person, .least_cosine = 0.2F, .limit = 4096}).size(), 2000U);
}

TEST(VectorIndex, ASearchSeesNothingThatWasAddedAfterItBegan) {
  // The epoch that a search takes is the last finished change: so an answer never holds a later addition without an
  // earlier one of the same writer.
  constexpr std::size_t dimension = 64;
  RandomVectors vectors(dimension, 6);
  const auto index = make_index(dimension);
  const std::vector<float> person = vectors.stranger();
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 3000; ++i) rows.push_back(vectors.same_person(person, 0.9F));
  std::thread writer([&] {
    for (VectorId id = 0; id < rows.size(); ++id) ASSERT_TRUE(index->add(id, rows[id], 0, {}).ok());
  });
  std::size_t most = 0;
  while (most < rows.size()) {
    std::vector<VectorId> ids = ids_of(search_one(*index, {.vector = person, .least_cosine = 0.3F, .limit = 4096}));
    std::sort(ids.begin(), ids.end());
    for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], i) << "a gap: a later row without an earlier one";
    most = std::max(most, ids.size());
  }
  writer.join();
}

}  // namespace
}  // namespace likeness::match
