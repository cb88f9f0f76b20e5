// Promise: what an operator does with weirctl takes effect at the nodes, and
// what is wrong is refused as a whole, with file, line and the fix.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kChat[] = "/v1/chat/completions";

class CliTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // Runs weirctl; its output, with `exit_code` expected.
  std::string Ctl(int exit_code, std::vector<std::string> arguments) {
    const absl::StatusOr<Finished> finished = fleet_.Ctl(std::move(arguments));
    EXPECT_TRUE(finished.ok()) << finished.status();
    if (!finished.ok()) return "";
    EXPECT_EQ(finished->exit_code, exit_code) << finished->output;
    return finished->output;
  }

  int StatusWith(const std::string& key, const std::string& model) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet_.Api(), kChat, key, ChatBody(model));
    return answer.ok() ? answer->status : 0;
  }

  bool EventuallyWeight(const std::string& provider, double wanted) {
    return Eventually([&] {
      const double weight = fleet_.WeightAt(fleet_.Ops(), "gpt-4.1", provider);
      return weight >= 0 && std::abs(weight - wanted) < 0.01;
    });
  }

  Fleet fleet_;
};

TEST_F(CliTest, ApplyingTheSameAgainChangesNothing) {
  const std::string file =
      fleet_.WriteFile("same.yaml", fleet_.ResourcesYaml());
  EXPECT_THAT(Ctl(0, {"apply", "-f", file}), HasSubstr("Nothing to change"));
}

TEST_F(CliTest, ABadFileIsRefusedWholeWithEachProblemAndItsLine) {
  const std::string file = fleet_.WriteFile("bad.yaml",
                                            "providers:\n"
                                            "  - name: p1\n"
                                            "    dialect: openai\n"
                                            "    base_url: nowhere\n"
                                            "    colour: blue\n"
                                            "models:\n"
                                            "  - name: gpt-4.1\n"
                                            "    targets:\n"
                                            "      - {provider: absent}\n");
  const absl::StatusOr<Finished> refused = fleet_.Ctl({"apply", "-f", file});
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_NE(refused->exit_code, 0);
  EXPECT_THAT(refused->output,
              AllOf(HasSubstr("bad.yaml:5: "), HasSubstr("colour")));
  EXPECT_EQ(StatusWith(fleet_.key(), "only-p3"), 200)
      << "the running configuration did not stay";
}

TEST_F(CliTest, AnUnknownProviderIsRefusedWithItsLine) {
  const std::string file =
      fleet_.WriteFile("absent.yaml", absl::StrCat(fleet_.ResourcesYaml(),
                                                   "  - name: broken\n"
                                                   "    targets:\n"
                                                   "      - provider: absent\n"
                                                   "        weight: -1\n"));
  const std::string text = fleet_.ResourcesYaml();
  const auto line = std::count(text.begin(), text.end(), '\n') + 3;
  const absl::StatusOr<Finished> refused = fleet_.Ctl({"apply", "-f", file});
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_NE(refused->exit_code, 0);
  EXPECT_THAT(refused->output,
              AllOf(HasSubstr(absl::StrCat("absent.yaml:", line, ": ")),
                    HasSubstr(absl::StrCat("absent.yaml:", line + 1, ": ")),
                    HasSubstr("absent")));
}

TEST_F(CliTest, ExportGivesWhatApplyTakes) {
  const std::string exported = Ctl(0, {"export"});
  EXPECT_THAT(exported, AllOf(HasSubstr("only-p1"), HasSubstr("everything"),
                              Not(HasSubstr(fleet_.key()))));
  const std::string file = fleet_.WriteFile("exported.yaml", exported);
  EXPECT_THAT(Ctl(0, {"apply", "-f", file}), HasSubstr("Nothing to change"));
  EXPECT_EQ(Ctl(0, {"export"}), exported);
}

TEST_F(CliTest, StatusShowsEachTarget) {
  EXPECT_TRUE(Eventually([this] {
    const std::string status = Ctl(0, {"status"});
    return status.find("healthy") != std::string::npos;
  }));
  EXPECT_THAT(Ctl(0, {"status"}),
              AllOf(HasSubstr("gpt-4.1"), HasSubstr("p1"), HasSubstr("p3")));
}

TEST_F(CliTest, AKeyWorksFromItsCreationToItsRevocation) {
  const absl::StatusOr<boost::json::value> created =
      fleet_.CtlJson({"key", "create", "mine"});
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string secret = At(*created, "/secret");
  EXPECT_TRUE(Eventually([&] { return StatusWith(secret, "gpt-4.1") == 200; }));
  EXPECT_THAT(Ctl(0, {"key", "list"}),
              AllOf(HasSubstr("mine"), Not(HasSubstr(secret))));
  Ctl(0, {"key", "revoke", "mine"});
  EXPECT_TRUE(Eventually([&] { return StatusWith(secret, "gpt-4.1") == 401; }));
}

TEST_F(CliTest, ADisabledProviderGetsNothing) {
  Ctl(0, {"provider", "disable", "p1"});
  ASSERT_TRUE(EventuallyWeight("p1", 0.0));
  // A probe that was under way then may still arrive.
  std::string before;
  ASSERT_TRUE(Eventually([&] {
    const std::string seen =
        std::exchange(before, At(fleet_.Stats(0), "/requests/total"));
    return seen == before;
  }));
  for (int request = 0; request < 20; ++request) {
    EXPECT_EQ(StatusWith(fleet_.key(), "gpt-4.1"), 200);
  }
  EXPECT_EQ(At(fleet_.Stats(0), "/requests/total"), before);
  Ctl(0, {"provider", "enable", "p1"});
  EXPECT_TRUE(Eventually(
      [&] { return fleet_.WeightAt(fleet_.Ops(), "gpt-4.1", "p1") > 0.0; }));
}

TEST_F(CliTest, ADrainedProviderKeepsItsProbesAndGetsNoRequest) {
  Ctl(0, {"provider", "drain", "p2"});
  EXPECT_TRUE(EventuallyWeight("p2", 0.0));
  const auto probed = [this] {
    return std::stoi(At(fleet_.Stats(1), "/requests/total"));
  };
  const int before = probed();
  EXPECT_TRUE(Eventually([&] { return probed() > before; }));
}

TEST_F(CliTest, WhatIsNotThereIsNamed) {
  const absl::StatusOr<Finished> unknown =
      fleet_.Ctl({"provider", "disable", "absent"});
  ASSERT_TRUE(unknown.ok()) << unknown.status();
  EXPECT_NE(unknown->exit_code, 0);
  EXPECT_THAT(unknown->output, HasSubstr("absent"));
}

TEST_F(CliTest, AWrongFlagExitsWith2) {
  EXPECT_THAT(Ctl(2, {"status", "--colour"}), HasSubstr("--colour"));
}

}  // namespace
}  // namespace weir::testing
