#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <latch>
#include <random>
#include <string>

#include "base/naive_work_order.h"

namespace likeness {
namespace {

using enum WorkClass;
using Waiting = PerWorkClass<std::size_t>;

TEST(WorkOrderTest, NothingWaitsNothingIsNext) {
  WorkOrder order;
  EXPECT_EQ(order.next({0, 0, 0}), std::nullopt);
  EXPECT_EQ(order.next({0, 0, 1}), batch);
  EXPECT_EQ(order.next({0, 1, 1}), interactive);
  EXPECT_EQ(order.next({1, 1, 1}), live);
}

TEST(WorkOrderTest, EachClassKeepsATenthWhileAllWait) {
  WorkOrder order;
  std::string served;
  for (int i = 0; i < 20; ++i) served += "LIB"[index_of(*order.next({1, 1, 1}))];
  EXPECT_EQ(served, "LLLLILLLLBLLLLILLLLB");
}

TEST(WorkOrderTest, AFreeTurnGoesByRank) {
  WorkOrder order;
  std::string served;
  for (int i = 0; i < 10; ++i) served += "LIB"[index_of(*order.next({1, 0, 1}))];
  for (int i = 0; i < 10; ++i) served += "LIB"[index_of(*order.next({0, 1, 1}))];
  EXPECT_EQ(served, "LLLLLLLLLBIIIIIIIIIB");
}

// Random arrivals into three queues: both orders serve the same, and the promises of the header hold at every turn.
TEST(WorkOrderTest, ServesAsTheNaiveTwinAndNeverStarves) {
  std::mt19937 chance(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same arrivals every time
  for (int run = 0; run < 50; ++run) {
    WorkOrder order;
    NaiveWorkOrder naive;
    Waiting waiting = {};
    Waiting passed_over = {};  // turns in a row in which a class waited and another was served
    std::array<std::discrete_distribution<std::size_t>, 3> arrivals;
    for (auto& one : arrivals) one = {double(1 + chance() % 8), double(chance() % 8), double(chance() % 4)};
    for (int turn = 0; turn < 2000; ++turn) {
      for (std::size_t i = 0; i < 3; ++i) waiting.at(i) += arrivals.at(i)(chance);
      const auto next = order.next(waiting);
      ASSERT_EQ(next, naive.next(waiting));
      if (!next) continue;
      for (std::size_t i = 0; i < 3; ++i) {
        passed_over.at(i) = waiting.at(i) == 0 || i == index_of(*next) ? 0 : passed_over.at(i) + 1;
        ASSERT_LT(passed_over.at(i), 10U);
      }
      --waiting.at(index_of(*next));
    }
  }
}

TEST(ServiceTimeTest, FollowsWhatItSeesAndForgets) {
  ServiceTime time;
  EXPECT_EQ(time.mean(), 0);
  time.observe(2);
  EXPECT_EQ(time.mean(), 2);
  time.observe(18);
  EXPECT_DOUBLE_EQ(time.mean(), 3);
  for (int i = 0; i < 200; ++i) time.observe(0.5);
  EXPECT_NEAR(time.mean(), 0.5, 1e-3);
}

class ThreadPoolTest : public testing::Test {
 protected:
  // A task of one thread's pool that holds its thread until open().
  void block(ThreadPool& pool) {
    ASSERT_TRUE(pool.try_submit(interactive, [&] {
      started_.count_down();
      release_.wait();
    }));
    started_.wait();
  }
  void open() { release_.count_down(); }

 private:
  std::latch started_{1};
  std::latch release_{1};
};

TEST_F(ThreadPoolTest, RefusesWhenFullAndFinishesWhatItAccepted) {
  std::atomic<int> done = 0;
  ThreadPool pool(1, 2);
  block(pool);
  EXPECT_TRUE(pool.try_submit(interactive, [&] { ++done; }));
  EXPECT_TRUE(pool.try_submit(interactive, [&] { ++done; }));
  EXPECT_FALSE(pool.try_submit(interactive, [&] { ++done; }));
  EXPECT_EQ(pool.waiting(), 2U);
  open();
  pool.drain();
  EXPECT_EQ(done, 2);
  EXPECT_FALSE(pool.try_submit(interactive, [] {}));
}

TEST_F(ThreadPoolTest, TheQueueOfEachClassIsItsOwn) {
  ThreadPool pool(1, PerWorkClass<std::size_t>{3, 2, 1});
  block(pool);
  Waiting accepted = {};
  for (const WorkClass one : {live, interactive, batch}) {
    EXPECT_EQ(pool.capacity(one), 3 - index_of(one));
    while (pool.try_submit(one, [] {})) ++accepted.at(index_of(one));
    EXPECT_EQ(pool.waiting(one), accepted.at(index_of(one)));
  }
  EXPECT_EQ(accepted, (Waiting{3, 2, 1}));
  EXPECT_EQ(pool.waiting(), 6U);
  open();
}

TEST_F(ThreadPoolTest, ServesTheClassesInTheirOrder) {
  std::string served;  // by the one thread
  ThreadPool pool(1, 20);
  block(pool);  // takes the first turn
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(pool.try_submit(batch, [&] { served += 'B'; }));
    ASSERT_TRUE(pool.try_submit(interactive, [&] { served += 'I'; }));
    ASSERT_TRUE(pool.try_submit(live, [&] { served += 'L'; }));
  }
  open();
  pool.drain();
  EXPECT_EQ(served, "LLLILLLLBLLLLILIIIBIIIIIIIBBBBBBBBBB");
}

TEST_F(ThreadPoolTest, ATaskThatStepsAsideLetsAnotherRun) {
  ThreadPool pool(1, PerWorkClass<std::size_t>{20, 20, 20}, {1, 0});
  std::latch second_ran(1);
  std::latch aside(1);
  std::atomic<bool> refused = false;
  ASSERT_TRUE(pool.try_submit(interactive, [&] {
    const auto scope = pool.try_step_aside(AsideFor::network);
    ASSERT_TRUE(scope);
    aside.count_down();
    second_ran.wait();  // would never end if the one thread were taken
  }));
  aside.wait();
  ASSERT_TRUE(pool.try_submit(interactive, [&] {
    refused = !pool.try_step_aside(AsideFor::network).has_value();  // one is all that may be
    second_ran.count_down();
  }));
  pool.drain();
  EXPECT_TRUE(refused);
}

TEST_F(ThreadPoolTest, EachReasonToStepAsideHasItsOwnBound) {
  ThreadPool pool(1, PerWorkClass<std::size_t>{20, 20, 20}, {1, 1});
  std::latch both_aside(2);
  std::atomic<int> refused = 0;
  for (const AsideFor reason : {AsideFor::network, AsideFor::search}) {
    ASSERT_TRUE(pool.try_submit(interactive, [&, reason] {
      const auto scope = pool.try_step_aside(reason);
      EXPECT_TRUE(scope);
      both_aside.arrive_and_wait();  // one that waits for the network takes no place from a search
    }));
  }
  both_aside.wait();
  pool.drain();
  ThreadPool none(1, PerWorkClass<std::size_t>{20, 20, 20}, {1, 0});
  ASSERT_TRUE(none.try_submit(interactive, [&] { refused += none.try_step_aside(AsideFor::search) ? 0 : 1; }));
  none.drain();
  EXPECT_EQ(refused, 1);
}

// Never more tasks run than there are threads, and nothing is lost.
TEST_F(ThreadPoolTest, SteppingAsideKeepsTheBoundOfRunningTasks) {
  constexpr int threads = 2;
  constexpr std::size_t tasks = 400;
  ThreadPool pool(threads, PerWorkClass<std::size_t>{tasks, tasks, tasks}, {2, 3});
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<std::size_t> done = 0;
  const auto enter = [&] {
    const int now = ++running;
    int before = most;
    while (before < now && !most.compare_exchange_weak(before, now)) {
    }
  };
  for (std::size_t i = 0; i < tasks; ++i) {
    ASSERT_TRUE(pool.try_submit(i % 3 == 0 ? batch : interactive, [&] {
      enter();
      for (int step = 0; step < 3; ++step) {
        --running;
        if (const auto scope = pool.try_step_aside(AsideFor::search)) std::this_thread::yield();
        enter();
      }
      --running;
      ++done;
    }));
  }
  pool.drain();
  EXPECT_EQ(done, tasks);
  EXPECT_LE(most, threads);
}

TEST_F(ThreadPoolTest, ExpectsToWaitForWhatIsBefore) {
  ThreadPool pool(1, 20);
  EXPECT_EQ(pool.expected_wait(batch), 0);
  {
    std::latch done(1);
    ASSERT_TRUE(pool.try_submit(interactive, [] {
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
      while (std::chrono::steady_clock::now() < end) {
      }
    }));
    ASSERT_TRUE(pool.try_submit(batch, [&] { done.count_down(); }));  // when it runs, the first was observed
    done.wait();
  }
  block(pool);
  EXPECT_EQ(pool.expected_wait(interactive), 0) << "nothing waits";
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(pool.try_submit(interactive, [] {}));
  EXPECT_GE(pool.expected_wait(interactive), 0.020);
  EXPECT_GE(pool.expected_wait(batch), pool.expected_wait(interactive));
  EXPECT_EQ(pool.expected_wait(live), 0) << "live work goes before";
  open();
}

}  // namespace
}  // namespace likeness
