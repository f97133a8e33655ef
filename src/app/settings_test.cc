#include "app/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "app/config_command.h"
#include "app/load_settings.h"
#include "app/reload.h"
#include "app/setting_value.h"
#include "app/settings_file.h"
#include "app/suggest.h"

namespace likeness::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string problem_of(std::string_view toml) {
  ServeOptions options;
  const auto applied = apply_configuration(toml, "/etc/likeness/likeness.toml", options);
  return applied.ok() ? "" : applied.error().message;
}

// By the definition, with no table.
std::size_t naive_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  std::size_t least = std::min(naive_distance(a.substr(1), b), naive_distance(a, b.substr(1))) + 1;
  least = std::min(least, naive_distance(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1));
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    least = std::min(least, naive_distance(a.substr(2), b.substr(2)) + 1);
  }
  return least;
}

TEST(SuggestTest, TheDistanceIsThatOfItsDefinition) {
  const std::vector<std::string_view> words = {"", "a", "ab", "ba", "abc", "acb", "listen", "lisetn", "lsten", "level"};
  for (const std::string_view a : words) {
    for (const std::string_view b : words) EXPECT_EQ(edit_distance(a, b), naive_distance(a, b)) << a << ' ' << b;
  }
  EXPECT_EQ(edit_distance(std::string(65, 'a'), std::string(65, 'a')), max_suggested_characters);
}

TEST(SuggestTest, OnlyWhatIsCloseIsSuggested) {
  const std::vector<std::string_view> known = {"log.level", "server.listen", "server.threads"};
  EXPECT_EQ(suggest("server.lisetn", known), "server.listen");
  EXPECT_EQ(suggest("threads", known), "server.threads");
  EXPECT_EQ(suggest("zzzz", known), "");
  EXPECT_EQ(suggest("", known), "");
}

TEST(SettingsTest, TheTableIsSortedAndItsNamesAreUnique) {
  std::set<std::string> flags;
  std::set<std::string> variables;
  const auto all = settings();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(i == 0 || all[i - 1].name < all[i].name) << all[i].name;
    EXPECT_EQ(std::count(all[i].name.begin(), all[i].name.end(), '.'), 1) << all[i].name;
    EXPECT_TRUE(variables.insert(environment_name(all[i])).second) << all[i].name;
    EXPECT_TRUE(all[i].flag.empty() || flags.insert(std::string(all[i].flag)).second) << all[i].flag;
    EXPECT_FALSE(all[i].meaning.empty() || all[i].meaning.ends_with('.')) << all[i].name;
  }
  EXPECT_EQ(environment_name(*find_setting("server.metrics_listen")), "LIKENESS_SERVER_METRICS_LISTEN");
  EXPECT_EQ(find_setting("server.no_such"), nullptr);
}

// The slot of one row must not be that of another: it would be a row copied and half changed.
TEST(SettingsTest, EverySettingHasAPlaceOfItsOwnAndAValidDefault) {
  ServeOptions options;
  std::set<const void*> places;
  for (const Setting& setting : settings()) {
    const void* place = std::visit([](auto* value) { return static_cast<const void*>(value); }, setting.slot(options));
    EXPECT_TRUE(places.insert(place).second) << setting.name;
    EXPECT_TRUE(check_value(setting, options).ok()) << setting.name;
  }
}

TEST(SettingsFileTest, TakesEveryType) {
  ServeOptions options;
  const auto named = apply_configuration(
      "server.threads = 3\n[server]\nlisten = '[::1]:9'\n[models]\npacks = ['packs', '/opt/packs']\n"
      "[audit]\nrequired = true\nfile = 'a/b.json'\n",
      "/etc/likeness/likeness.toml", options);
  // A table that was opened by a dotted key cannot be opened again (TOML 1.0, "Table").
  EXPECT_FALSE(named.ok());
  ASSERT_TRUE(apply_configuration("[server]\nthreads = 3\nlisten = '[::1]:9'\n[models]\npacks = ['packs', "
                                  "'/opt/packs']\n[audit]\nrequired = true\nfile = 'a/b.json'\n",
                                  "/etc/likeness/likeness.toml", options)
                  .ok());
  EXPECT_EQ(options.threads, 3U);
  EXPECT_EQ(options.listen, "[::1]:9");
  EXPECT_THAT(options.packs, ElementsAre("/etc/likeness/packs", "/opt/packs"));
  EXPECT_TRUE(options.audit_required);
  EXPECT_EQ(options.audit_file, "/etc/likeness/a/b.json");
  EXPECT_EQ(options.detector, ServeOptions().detector) << "what the file does not name stays";
}

TEST(SettingsFileTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(problem_of("[server]\nlisten = 5\n"), "/etc/likeness/likeness.toml:2: server.listen takes a text");
  EXPECT_EQ(problem_of("\n[server]\nlisten = ':'\n").substr(0, 31), "/etc/likeness/likeness.toml:3: ");
  EXPECT_THAT(problem_of("[server]\nlisetn = 'x'\n"), HasSubstr(":2: unknown setting 'server.lisetn'; did you mean "
                                                                "'server.listen'?"));
  EXPECT_THAT(problem_of("[serer]\nlisten = 'x'\n"), HasSubstr("unknown table 'serer'; did you mean 'server'?"));
  EXPECT_THAT(problem_of("listen = 'x'\n"), HasSubstr("did you mean 'server.listen'?"));
  EXPECT_THAT(problem_of("server = 5\n"), HasSubstr("unknown setting 'server'"));
  EXPECT_THAT(problem_of("[server.listen]\nx = 1\n"), HasSubstr("server.listen takes a text"));
  EXPECT_THAT(problem_of("[server.sub]\nx = 1\n"), HasSubstr("unknown table 'server.sub'"));
  EXPECT_THAT(problem_of("[server]\nthreads = 1025\n"), HasSubstr(":2: '1025' is not what server.threads takes: a "
                                                                  "whole number from 0 to 1024"));
  EXPECT_THAT(problem_of("[server]\nthreads = -1\n"), HasSubstr("takes a whole number"));
  EXPECT_THAT(problem_of("[server]\nthreads = 1.0\n"), HasSubstr("takes a whole number"));
  EXPECT_THAT(problem_of("[server]\nthreads = 99999999999\n"), HasSubstr("takes a whole number"));
  EXPECT_THAT(problem_of("[audit]\nrequired = 1\n"), HasSubstr("takes true or false"));
  EXPECT_THAT(problem_of("[models]\npacks = [1]\n"), HasSubstr("takes a list of paths"));
  EXPECT_THAT(problem_of("[models]\npacks = 'x'\n"), HasSubstr("takes a list of paths"));
  EXPECT_THAT(problem_of("[log]\nlevel = 'loud'\n"), HasSubstr("debug, info, warning or error"));
  EXPECT_THAT(problem_of("[account]\nid = '12345'\n"), HasSubstr("12 digits"));
  EXPECT_THAT(problem_of("[account]\nregion = 'Mars'\n"), HasSubstr("a region is"));
  EXPECT_THAT(problem_of("[log]\nfile = \"a\\nb\"\n"), HasSubstr("log.file"));
  EXPECT_THAT(problem_of("[log]\nfile = \"a\\u0000b\"\n"), HasSubstr("log.file"));
  EXPECT_THAT(problem_of("a\n= 5"), HasSubstr("likeness.toml:1: no TOML"));
  EXPECT_THAT(problem_of("[log]\nlevel='info'\nlevel='info'\n"), HasSubstr(":3: no TOML"));
}

TEST(SettingsFileTest, TellsAllProblemsUpToALimitAndQuotesNoMoreThanHelps) {
  const std::string two = problem_of("[server]\nthreads = 'x'\nlisten = 1\n");
  EXPECT_EQ(std::count(two.begin(), two.end(), '\n'), 1);
  std::string many;
  for (std::size_t i = 0; i < max_problems + 5; ++i) many += "k" + std::to_string(i) + " = 1\n";
  EXPECT_THAT(problem_of(many), HasSubstr("and 5 more"));
  EXPECT_LT(problem_of(std::string(5000, 'k') + " = 1\n").size(), 300U);
  EXPECT_LT(problem_of("[log]\nlevel = '" + std::string(5000, 'k') + "'\n").size(), 300U);
}

class LoadSettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_);
    sources_.options.data = folder_;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(std::string_view text) { std::ofstream(folder_ / "likeness.toml") << text; }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("likeness_settings_test_" + std::to_string(getpid()));
  SettingsSources sources_;
};

TEST_F(LoadSettingsTest, CommandLineBeforeEnvironmentBeforeFileBeforeDefault) {
  EXPECT_EQ(load_settings(sources_)->options.region, "us-east-1");
  EXPECT_THAT(load_settings(sources_)->file.string(), IsEmpty());
  write("[account]\nregion = 'from-file'\n[server]\nthreads = 7\n");
  EXPECT_EQ(load_settings(sources_)->options.region, "from-file");
  EXPECT_EQ(load_settings(sources_)->file, folder_ / "likeness.toml");
  sources_.environment = {{"LIKENESS_ACCOUNT_REGION", "from-environment"}};
  EXPECT_EQ(load_settings(sources_)->options.region, "from-environment");
  sources_.flags = {{find_setting("account.region"), {"from-flag"}}};
  EXPECT_EQ(load_settings(sources_)->options.region, "from-flag");
  EXPECT_EQ(load_settings(sources_)->options.threads, 7U);
}

TEST_F(LoadSettingsTest, AFlagSetsWhatTheFileSetEvenToTheDefault) {
  write("[log]\nlevel = 'debug'\n");
  sources_.flags = {{find_setting("log.level"), {"info"}}};
  EXPECT_EQ(load_settings(sources_)->options.log_level, "info");
}

TEST_F(LoadSettingsTest, ARepeatedFlagIsAListOfWhatWasGiven) {
  sources_.flags = {{find_setting("models.packs"), {"/a,b", "/c"}}, {find_setting("log.level"), {"debug", "error"}}};
  EXPECT_THAT(load_settings(sources_)->options.packs, ElementsAre("/a,b", "/c"));
  EXPECT_EQ(load_settings(sources_)->options.log_level, "error");
}

TEST_F(LoadSettingsTest, TheEnvironmentIsCheckedLikeTheFile) {
  sources_.environment = {{"LIKENESS_SERVER_THREADS", "many"}};
  const auto refused = load_settings(sources_);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, StartsWith("the environment's LIKENESS_SERVER_THREADS: 'many' is not"));
  sources_.environment = {{"LIKENESS_MODELS_PACKS", "/a,/b"}, {"LIKENESS_AUDIT_REQUIRED", "true"}};
  EXPECT_THAT(load_settings(sources_)->options.packs, ElementsAre("/a", "/b"));
  EXPECT_TRUE(load_settings(sources_)->options.audit_required);
}

TEST_F(LoadSettingsTest, UnknownVariablesAreWarnedAboutWithoutTheirValues) {
  sources_.environment = {{"LIKENESS_SERVER_LISTEM", "a-secret"}};
  const auto loaded = load_settings(sources_);
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(loaded->warnings, ElementsAre(HasSubstr("did you mean LIKENESS_SERVER_LISTEN?")));
  EXPECT_THAT(loaded->warnings.front(), testing::Not(HasSubstr("a-secret")));
}

TEST_F(LoadSettingsTest, TheEnvironmentIsReadWithoutTheKey) {
  setenv("LIKENESS_LOG_LEVEL", "debug", 1);
  setenv("LIKENESS_ACCESS_KEY_ID", "a", 1);
  setenv("LIKENESS_SECRET_ACCESS_KEY", "b", 1);
  const Environment environment = read_environment();
  EXPECT_THAT(environment, testing::Contains(testing::Pair("LIKENESS_LOG_LEVEL", "debug")));
  EXPECT_THAT(environment, testing::Not(testing::Contains(testing::Key("LIKENESS_SECRET_ACCESS_KEY"))));
  for (const char* name : {"LIKENESS_LOG_LEVEL", "LIKENESS_ACCESS_KEY_ID", "LIKENESS_SECRET_ACCESS_KEY"})
    unsetenv(name);
}

TEST_F(LoadSettingsTest, AFileThatWasNamedMustBeThere) {
  sources_.config = folder_ / "other.toml";
  EXPECT_EQ(load_settings(sources_).error().kind, ErrorKind::not_found);
  sources_.config = folder_;
  EXPECT_FALSE(load_settings(sources_).ok());
  std::ofstream(folder_ / "huge.toml") << std::string(max_configuration_bytes + 1, '#');
  sources_.config = folder_ / "huge.toml";
  EXPECT_THAT(load_settings(sources_).error().message, HasSubstr("1 MiB"));
}

// What the reference prints as a file must be a file, commented out or not.
TEST_F(LoadSettingsTest, TheReferenceIsAConfigurationThatChangesNothing) {
  std::string text;
  std::istringstream lines(reference_toml());
  for (std::string line; std::getline(lines, line);) {
    text += (line.starts_with('#') && !line.starts_with("# ") ? line.substr(1) : line) + '\n';
  }
  ServeOptions options;
  const auto named = apply_configuration(text, "reference.toml", options);
  ASSERT_TRUE(named.ok()) << named.error().message;
  EXPECT_EQ(named->size(), settings().size());
  ServeOptions defaults;
  for (const Setting& setting : settings()) EXPECT_TRUE(same_value(setting, options, defaults)) << setting.name;
  EXPECT_EQ(problem_of(reference_toml()), "");
}

TEST(ConfigCommandTest, ThePageIsUpToDate) {
  std::ifstream in(LIKENESS_SOURCE_DIR "/docs/configuration.md");
  const std::string page((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(page, reference_markdown()) << "run: build/release/likeness config reference > docs/configuration.md";
}

TEST_F(LoadSettingsTest, AReloadAppliesWhatCanBeAndNamesWhatCannot) {
  Logger log = Logger::to_file((folder_ / "log").string(), LogLevel::debug).value();
  Reloader reloader(load_settings(sources_)->options, [&] { return load_settings(sources_); }, log);
  std::string level;
  bool fails = false;
  reloader.add("log.", [&](const ServeOptions& options) -> Result<void> {
    if (fails) return Error(ErrorKind::unavailable, "no room");
    level = options.log_level;
    return {};
  });

  write("[log]\nlevel = 'debug'\n[server]\nthreads = 5\n");
  auto report = reloader.reload();
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, ErrorKind::resource_not_ready) << "before everything is made";
  reloader.start();
  report = reloader.reload();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(level, "debug");
  EXPECT_THAT(report->changed, ElementsAre("log.level"));
  EXPECT_THAT(report->need_restart, ElementsAre("server.threads"));
  report = reloader.reload();
  EXPECT_THAT(report->changed, IsEmpty()) << "it is in force";
  EXPECT_THAT(report->need_restart, ElementsAre("server.threads")) << "it still waits";

  write("[log]\nlevel = 'erro'\n");
  EXPECT_FALSE(reloader.reload().ok());
  EXPECT_EQ(level, "debug") << "a broken file changes nothing";

  write("[log]\nlevel = 'error'\n");
  fails = true;
  report = reloader.reload();
  EXPECT_THAT(report->problems, ElementsAre("log.*: no room"));
  EXPECT_THAT(report->changed, IsEmpty());
  fails = false;
  EXPECT_THAT(reloader.reload()->changed, ElementsAre("log.level")) << "what failed is tried again";
  EXPECT_EQ(level, "error");

  std::ifstream in(folder_ / "log");
  const std::string lines((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_THAT(lines, HasSubstr("\"reload_refused\""));
  EXPECT_THAT(lines, HasSubstr("likeness.toml:2: 'erro' is not"));
  EXPECT_THAT(lines, HasSubstr("\"settings\":\"server.threads\""));
}

}  // namespace
}  // namespace likeness::app
