#include "common/ops/flags.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::ops {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

// A command line like those of the real binaries.
class FlagsTest : public ::testing::Test {
 protected:
  FlagsTest() {
    app_.add_option("--control-plane", control_plane_, "Where to subscribe");
    app_.add_option("--workers", workers_, "Threads")->check(CLI::Range(1, 64));
    app_.add_option("--own-twin", own_twin_)->envname("MY_TWIN");
    app_.add_flag("--verbose", verbose_);
    AddAddress(app_, "--listen", listen_, "Where clients connect");
    AddDuration(app_, "--drain-delay", drain_delay_, "Before connections end");
    AddConventions(app_, "weir-test");
  }
  ~FlagsTest() override {
    for (const std::string& name : variables_) unsetenv(name.c_str());
  }

  void SetVariable(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    variables_.push_back(name);
  }

  std::optional<int> Parse(std::vector<std::string> arguments) {
    std::vector<char*> argv = {program_.data()};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    CaptureStdout();
    CaptureStderr();
    const auto exit_code =
        ParseCommandLine(app_, static_cast<int>(argv.size()), argv.data());
    out_ = GetCapturedStdout();
    err_ = GetCapturedStderr();
    return exit_code;
  }

  std::string program_ = "/usr/bin/weir-test";
  CLI::App app_{"A test"};
  std::string control_plane_ = "127.0.0.1:7400";
  int workers_ = 1;
  std::string own_twin_;
  bool verbose_ = false;
  std::string listen_ = "127.0.0.1:8080";
  absl::Duration drain_delay_ = absl::Seconds(10);
  std::string out_;
  std::string err_;
  std::vector<std::string> variables_;
};

TEST_F(FlagsTest, DefaultsStand) {
  EXPECT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(listen_, "127.0.0.1:8080");
  EXPECT_EQ(drain_delay_, absl::Seconds(10));
  EXPECT_EQ(err_, "");
}

TEST_F(FlagsTest, FlagsAreRead) {
  EXPECT_EQ(Parse({"--listen", "[::]:0", "--drain-delay=1m30s", "--workers",
                   "4", "--verbose"}),
            std::nullopt);
  EXPECT_EQ(listen_, "[::]:0");
  EXPECT_EQ(drain_delay_, absl::Seconds(90));
  EXPECT_EQ(workers_, 4);
  EXPECT_TRUE(verbose_);
}

TEST_F(FlagsTest, EveryFlagHasAnEnvironmentTwin) {
  SetVariable("WEIR_CONTROL_PLANE", "cp:7400");
  SetVariable("WEIR_DRAIN_DELAY", "250ms");
  SetVariable("WEIR_LISTEN", "0.0.0.0:1");
  SetVariable("WEIR_VERBOSE", "true");
  SetVariable("MY_TWIN", "mine");
  SetVariable("WEIR_OWN_TWIN", "not mine");
  EXPECT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(control_plane_, "cp:7400");
  EXPECT_EQ(drain_delay_, absl::Milliseconds(250));
  EXPECT_EQ(listen_, "0.0.0.0:1");
  EXPECT_TRUE(verbose_);
  EXPECT_EQ(own_twin_, "mine");
}

TEST_F(FlagsTest, FlagWinsOverItsTwin) {
  SetVariable("WEIR_WORKERS", "8");
  EXPECT_EQ(Parse({"--workers", "2"}), std::nullopt);
  EXPECT_EQ(workers_, 2);
}

TEST_F(FlagsTest, EmptyTwinIsNone) {
  SetVariable("WEIR_WORKERS", "");
  EXPECT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(workers_, 1);
}

TEST_F(FlagsTest, VersionIsOneLine) {
  EXPECT_EQ(Parse({"--version"}), 0);
  EXPECT_EQ(out_, "weir-test " WEIR_VERSION "\n");
}

TEST_F(FlagsTest, HelpNamesFlagsDefaultsAndTwins) {
  EXPECT_EQ(Parse({"--help"}), 0);
  EXPECT_THAT(
      out_, AllOf(HasSubstr("--drain-delay DURATION"), HasSubstr("10s"),
                  HasSubstr("WEIR_DRAIN_DELAY"), HasSubstr("127.0.0.1:8080")));
}

TEST_F(FlagsTest, HelpAndVersionHaveNoTwin) {
  SetVariable("WEIR_HELP", "true");
  SetVariable("WEIR_VERSION", "true");
  EXPECT_EQ(Parse({}), std::nullopt);
}

struct WrongFlag {
  std::vector<std::string> arguments;
  std::string flag;
  std::string value;
};

class WrongFlagTest : public FlagsTest,
                      public ::testing::WithParamInterface<WrongFlag> {};

TEST_P(WrongFlagTest, NamesItselfAndExitsTwo) {
  EXPECT_EQ(Parse(GetParam().arguments), 2);
  EXPECT_THAT(err_, AllOf(HasSubstr("weir-test: "), HasSubstr(GetParam().flag),
                          HasSubstr(GetParam().value)));
  EXPECT_EQ(out_, "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongFlagTest,
    ::testing::ValuesIn<WrongFlag>({
        {{"--no-such"}, "--no-such", ""},
        {{"stray"}, "stray", ""},
        {{"--workers", "many"}, "--workers", "many"},
        {{"--workers", "65"}, "--workers", "65"},
        {{"--workers"}, "--workers", ""},
        {{"--drain-delay", "soon"}, "--drain-delay", "soon"},
        {{"--drain-delay", "10"}, "--drain-delay", "10"},
        {{"--drain-delay=-1s"}, "--drain-delay", "-1s"},
        {{"--drain-delay", "inf"}, "--drain-delay", "inf"},
        {{"--listen", "8080"}, "--listen", "8080"},
        {{"--listen", "localhost"}, "--listen", "localhost"},
        {{"--listen", "localhost:99999"}, "--listen", "99999"},
        {{"--listen", ":8080"}, "--listen", ":8080"},
    }));

TEST_F(FlagsTest, WrongTwinNamesFlagAndValue) {
  SetVariable("WEIR_LISTEN", "nowhere");
  EXPECT_EQ(Parse({}), 2);
  EXPECT_THAT(err_, AllOf(HasSubstr("--listen"), HasSubstr("nowhere")));
}

}  // namespace
}  // namespace weir::ops
