#include "app/control_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace likeness::app {
namespace {

using testing::HasSubstr;

Deadline in_a_minute() { return std::chrono::steady_clock::now() + std::chrono::minutes(1); }

class ControlSocketTest : public testing::Test {
 protected:
  ControlSocketTest() {
    commands_.add("echo", [](const ControlRequest& request) -> Result<std::string> {
      return std::string(request.value("text"));
    });
    commands_.add("fail", [](const ControlRequest&) -> Result<std::string> {
      return Error(ErrorKind::not_found, "there is no such thing");
    });
    commands_.add("throw", [](const ControlRequest&) -> Result<std::string> { throw std::bad_alloc(); });
    commands_.add("flood",
                  [](const ControlRequest&) -> Result<std::string> { return std::string(max_frame_bytes, 'x'); });
  }
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<ControlSocket> open() {
    auto socket = ControlSocket::create(folder_, commands_, logger_);
    EXPECT_TRUE(socket.ok()) << socket.error().message;
    return *std::move(socket);
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_ / control_socket_name; }

  [[nodiscard]] UnixSocket connect() const {
    auto socket = connect_to(path());
    EXPECT_TRUE(socket.ok() && socket->has_value());
    return **std::move(socket);
  }

  [[nodiscard]] ControlAnswer ask(const std::string& command, const std::string& text = "") const {
    const UnixSocket socket = connect();
    const Bytes frame = *encode(ControlRequest{.command = command, .arguments = {{"text", {text}}}});
    EXPECT_TRUE(send_frame(socket, frame, in_a_minute()).ok());
    const Result<Bytes> answer = receive_frame(socket, in_a_minute());
    if (!answer.ok()) return {.ok = false, .text = "(no answer)"};
    return *decode_answer(*answer);
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_control_test_" + std::to_string(getpid()));
  ControlCommands commands_;
  Logger logger_{LogLevel::error};
};

TEST_F(ControlSocketTest, RunsCommands) {
  const auto socket = open();
  EXPECT_EQ(ask("echo", "a\nb").text, "a\nb");
  EXPECT_TRUE(ask("echo", std::string(1'000'000, 'x')).ok);
  EXPECT_FALSE(ask("fail").ok);
  EXPECT_EQ(ask("fail").text, "there is no such thing");
  EXPECT_THAT(ask("nothing").text, HasSubstr("'nothing'"));
  EXPECT_FALSE(ask("throw").ok);
  EXPECT_THAT(ask("flood").text, HasSubstr("4 MiB")) << "an answer that is too long is an error, not silence";
  EXPECT_TRUE(ask("echo").ok);
}

TEST_F(ControlSocketTest, IsForItsOwnerAlone) {
  const auto socket = open();
  struct stat status = {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(peer_user(connect()), geteuid());
}

TEST_F(ControlSocketTest, TakesThePlaceOfWhatAKilledServerLeft) {
  {
    const auto left = listen_at(path());
    ASSERT_TRUE(left.ok());
  }
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_EQ(*connect_to(path()) ? "somebody" : "nobody", std::string("nobody"));
  const auto socket = open();
  EXPECT_TRUE(ask("echo").ok);
}

TEST_F(ControlSocketTest, GoesWithItsServer) {
  {
    const auto socket = open();
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
  const auto nobody = connect_to(path());
  ASSERT_TRUE(nobody.ok());
  EXPECT_FALSE(nobody->has_value());
}

TEST_F(ControlSocketTest, APathMayBeLongerThanAnAddress) {
  folder_ /= std::string(100, 'd');
  folder_ /= std::string(100, 'd');
  std::filesystem::create_directories(folder_);
  const auto socket = open();
  EXPECT_TRUE(ask("echo").ok);
  folder_ = folder_.parent_path().parent_path();
}

TEST_F(ControlSocketTest, GarbageGetsAnErrorAndHurtsNobody) {
  const auto socket = open();
  for (const std::string& garbage : {std::string("GET / HTTP/1.1\r\n\r\n"), std::string("LKC1\xFF\xFF\xFF\xFF", 8),
                                     std::string("LKC1\0\0\0\2ab", 10), std::string("LKC1\0\0\0\0", 8)}) {
    const UnixSocket connection = connect();
    ASSERT_TRUE(send_frame(connection, as_bytes(garbage), in_a_minute()).ok());
    const Result<Bytes> answer = receive_frame(connection, in_a_minute());
    ASSERT_TRUE(answer.ok()) << garbage;
    EXPECT_FALSE(decode_answer(*answer)->ok);
  }
  {
    const UnixSocket silent = connect();
  }
  {
    const UnixSocket cut = connect();
    ASSERT_TRUE(send_frame(cut, as_bytes("LKC1"), in_a_minute()).ok());
  }
  EXPECT_TRUE(ask("echo").ok);
}

TEST_F(ControlSocketTest, CommandsNeverMeet) {
  std::atomic<int> inside = 0;
  std::atomic<int> met = 0;
  commands_.add("enter", [&](const ControlRequest&) -> Result<std::string> {
    if (inside.fetch_add(1) > 0) ++met;
    std::this_thread::yield();
    inside.fetch_sub(1);
    return std::string("done");
  });
  const auto socket = open();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) EXPECT_TRUE(ask("enter").ok);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(met, 0);
}

TEST_F(ControlSocketTest, TheEndWaitsForTheCommandThatRuns) {
  std::promise<void> entered;
  std::promise<void> leave;
  commands_.add("wait", [&](const ControlRequest&) -> Result<std::string> {
    entered.set_value();
    leave.get_future().wait();
    return std::string("finished");
  });
  auto socket = open();
  std::future<ControlAnswer> answer = std::async(std::launch::async, [&] { return ask("wait"); });
  entered.get_future().wait();
  std::thread ending([&] { socket.reset(); });
  while (std::filesystem::exists(path())) std::this_thread::yield();  // the end has begun
  leave.set_value();
  EXPECT_EQ(answer.get().text, "finished");
  ending.join();
}

}  // namespace
}  // namespace likeness::app
