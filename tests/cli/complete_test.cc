#include "cli/complete.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/session.h"
#include "cli/verbs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::ElementsAreArray;

struct CompleteCase {
  std::string name;
  std::vector<std::string> words;
  std::vector<std::string> want;
};

class CompleteTest : public WeirctlTest,
                     public ::testing::WithParamInterface<CompleteCase> {};

std::vector<std::string> FakeNames(Noun noun) {
  switch (noun) {
    case Noun::kProvider:
      return {"relay", "direct"};
    case Noun::kModel:
      return {"gpt-4.1", "gpt-4.1-mini", "claude"};
    case Noun::kKey:
      return {"demo"};
    case Noun::kGroup:
      return {"relay", "direct"};
  }
  return {};
}

TEST_P(CompleteTest, FollowsTheTable) {
  std::istringstream in;
  std::ostringstream out;
  const Io io{.in = in,
              .out = out,
              .err = out,
              .in_device = Device::kPipe,
              .out_device = Device::kPipe,
              .err_device = Device::kPipe,
              .columns = [] { return 80; },
              .clock = clock_};
  Session session(io);
  CLI::App app;
  session.AddFlags(app);
  AddVerbs(app, session);
  EXPECT_THAT(Complete(app, GetParam().words, FakeNames),
              ElementsAreArray(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    Table, CompleteTest,
    ::testing::ValuesIn<CompleteCase>({
        {"Verbs", {"exp"}, {"export", "explain"}},
        {"Groups", {"group", "switch", "d"}, {"direct"}},
        {"GroupsVerbs", {"group", "s"}, {"status", "switch"}},
        {"RolloutVerbs", {"rollout", ""}, {"status", "resume", "abort"}},
        {"FlagsOfASwitch", {"group", "switch", "relay", "--r"}, {"--reason"}},
        {"VerbsOfANoun", {"provider", "d"}, {"drain", "disable"}},
        {"GlobalFlags", {"--se"}, {"--server"}},
        {"GlobalFlagsBehindTheVerb", {"export", "--se"}, {"--server"}},
        {"FlagsOfTheVerb", {"apply", "--d"}, {"--dry-run"}},
        {"Formats", {"-o", "t"}, {"table"}},
        {"FormatsLong",
         {"status", "--output", ""},
         {"table", "json", "yaml", "csv"}},
        {"Shells", {"completion", ""}, {"bash", "zsh", "fish"}},
        {"Providers", {"provider", "get", ""}, {"relay", "direct"}},
        {"Models", {"model", "drain", "gpt"}, {"gpt-4.1", "gpt-4.1-mini"}},
        {"Keys", {"key", "revoke", ""}, {"demo"}},
        {"AfterAFlag", {"-o", "json", "provider", "remove", "r"}, {"relay"}},
        {"AfterAFlagWithoutValue",
         {"--no-color", "provider", "remove", "r"},
         {"relay"}},
        {"OneNameIsEnough", {"provider", "get", "relay", ""}, {}},
        {"ProviderOfAModel",
         {"model", "disable", "claude", "--provider", "d"},
         {"direct"}},
        {"ListOfModels", {"key", "create", "k", "--models", "c"}, {"claude"}},
        {"NextInAList",
         {"key", "create", "k", "--models", "claude,gpt-4.1-"},
         {"claude,gpt-4.1-mini"}},
        {"ANewNameIsNobodys", {"key", "create", ""}, {}},
        {"FilesAreTheShells", {"apply", "-f", ""}, {}},
        {"AddressesAreNobodys", {"--server", ""}, {}},
        {"NothingThere", {"frobnicate", "x"}, {}},
    }),
    [](const auto& test) { return test.param.name; });

// The way that the scripts go.
class CompleteServedTest : public ServedTest {};

TEST_F(CompleteServedTest, NamesComeFromTheServer) {
  admin_.resources.add_providers()->set_name("relay");
  admin_.resources.add_models()->set_name("gpt-4.1");
  admin_.resources.add_client_keys()->set_name("demo");
  Serve();
  const std::string server = "--server=" + address_;
  EXPECT_EQ(
      WeirctlTest::Weirctl({"__complete", server, "provider", "get", ""}).out,
      "relay\n");
  EXPECT_EQ(WeirctlTest::Weirctl(
                {"__complete", "--server", address_, "model", "get", ""})
                .out,
            "gpt-4.1\n");
  EXPECT_EQ(
      WeirctlTest::Weirctl({"__complete", server, "key", "revoke", "d"}).out,
      "demo\n");
}

TEST_F(CompleteServedTest, WithoutAServerThereIsSilence) {
  const Outcome run = WeirctlTest::Weirctl(
      {"__complete", "--server=127.0.0.1:1", "provider", "get", ""});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.out + run.err, "");
}

}  // namespace
}  // namespace weir::cli
