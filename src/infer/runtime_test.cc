#include "infer/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace likeness::infer {
namespace {

namespace fs = std::filesystem;

// OpenVINO loses eight bytes in a frontend that it unloads again after a broken file; no suppression by name reaches
// it.
#if defined(__SANITIZE_ADDRESS__)
using IgnoreLeaks = __lsan::ScopedDisabler;
#else
struct IgnoreLeaks {};
#endif

const PackFolders folders = {fs::path(LIKENESS_DEPS_DIR) / "packs"};
const std::vector<std::string> mesh_outputs = {"conv2d_21", "conv2d_31"};

// Values of 0..1 that differ from one seed to the next.
void fill(std::span<float> input, int seed) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<float>((i * 37 + static_cast<std::size_t>(seed) * 101) % 256) / 255;
  }
}

std::vector<float> run_once(const Model& model, int seed) {
  const Session session = model.acquire(0);
  fill(session.input(), seed);
  EXPECT_TRUE(session.run().ok());
  return {session.output(0).begin(), session.output(0).end()};
}

TEST(RuntimeTest, EightThreadsOnTwoRequestsAgreeWithOne) {
  const auto runtime = Runtime::create({.threads = 2});
  ASSERT_TRUE(runtime.ok());
  const Result<Pack> pack = open_pack(folders, "face_mesh", Task::face_mesh);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  const auto model = (*runtime)->load(*pack, {}, mesh_outputs);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ((*model)->input_shape(0), (Shape{1, 192, 192, 3}));
  EXPECT_EQ((*model)->output_floats(0, 0), 1404U);

  std::vector<std::vector<float>> expected;
  for (int seed = 0; seed < 8; ++seed) expected.push_back(run_once(**model, seed));
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 8; ++seed) {
    threads.emplace_back([&, seed] {
      for (int round = 0; round < 5; ++round) {
        EXPECT_EQ(run_once(**model, seed), expected[static_cast<std::size_t>(seed)]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(RuntimeTest, CompilesOncePerShapeAndNeverToRun) {
  const auto runtime = Runtime::create({});
  ASSERT_TRUE(runtime.ok());
  const Result<Pack> pack = open_pack(folders, "yunet_s", Task::face_detection);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  const auto model = (*runtime)->load(*pack, {{1, 3, 64, 96}, {1, 3, 32, 32}}, {"cls_8", "kps_32"});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ((*runtime)->compilations(), 2);
  EXPECT_EQ((*model)->shape_count(), 2U);
  EXPECT_EQ((*model)->output_floats(0, 0), 8U * 12U);
  EXPECT_EQ((*model)->output_floats(1, 1), 10U);
  EXPECT_TRUE((*model)->acquire(1).run().ok());
  EXPECT_EQ((*runtime)->compilations(), 2);
}

TEST(RuntimeTest, F32AndBf16AgreeRoughly) {
  const Result<Pack> pack = open_pack(folders, "face_mesh", Task::face_mesh);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  const auto exact = Runtime::create({.precision = Precision::f32});
  const auto fast = Runtime::create({});
  ASSERT_TRUE(exact.ok() && fast.ok());
  EXPECT_FALSE((*exact)->uses_bf16());
  const auto a = (*exact)->load(*pack, {}, mesh_outputs);
  const auto b = (*fast)->load(*pack, {}, mesh_outputs);
  ASSERT_TRUE(a.ok() && b.ok());
  const std::vector<float> x = run_once(**a, 1);
  const std::vector<float> y = run_once(**b, 1);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 12.0F) << i;  // pixels of 192; noise is no face
}

TEST(RuntimeTest, TheCacheFolderIsMadeAndUsed) {
  const fs::path cache = fs::path(testing::TempDir()) / "likeness_runtime_test" / "cache";
  fs::remove_all(cache);
  const Result<Pack> pack = open_pack(folders, "yunet_s", Task::face_detection);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  for (int start = 0; start < 2; ++start) {
    const auto runtime = Runtime::create({.cache_folder = cache.string()});
    ASSERT_TRUE(runtime.ok());
    ASSERT_TRUE((*runtime)->load(*pack, {{1, 3, 32, 32}}, {"cls_8"}).ok());
    EXPECT_EQ(std::distance(fs::directory_iterator(cache), {}), 1);
  }
  fs::remove_all(cache);
}

TEST(RuntimeTest, NamesWhatDoesNotFit) {
  const auto runtime = Runtime::create({});
  ASSERT_TRUE(runtime.ok());
  Result<Pack> pack = open_pack(folders, "yunet_s", Task::face_detection);
  ASSERT_TRUE(pack.ok()) << pack.error().message;
  const auto unknown = (*runtime)->load(*pack, {{1, 3, 32, 32}}, {"cls_7"});
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(unknown.error().message, testing::HasSubstr("cls_7"));

  const fs::path broken = fs::path(testing::TempDir()) / "likeness_broken.onnx";
  std::ofstream(broken) << "this is no model";
  pack->file = broken;
  [[maybe_unused]] const IgnoreLeaks ignore_leaks;
  const auto unreadable = (*runtime)->load(*pack, {{1, 3, 32, 32}}, {"cls_8"});
  ASSERT_FALSE(unreadable.ok());
  EXPECT_EQ(unreadable.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(unreadable.error().message, testing::HasSubstr("likeness_broken.onnx"));
  fs::remove(broken);
}

}  // namespace
}  // namespace likeness::infer
