// Promise: whatever happens on the way to one provider, no request fails where
// another can answer it, and no credential goes to who is not the provider. In
// a network of its own, which it may break.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/end_to_end/harness/private_network.h"
#include "tests/end_to_end/harness/temporary_folder.h"
#include "tests/end_to_end/scenario/network_scenarios.h"
#include "tests/end_to_end/scenario/scenario.h"

namespace weir::testing {
namespace {

class PrivateNetwork : public ::testing::Environment {
 public:
  void SetUp() override {
    const absl::Status entered = EnterPrivateNetwork(folder_.path());
    if (absl::IsPermissionDenied(entered)) GTEST_SKIP() << entered;
    ASSERT_TRUE(entered.ok()) << entered;
  }

 private:
  const TemporaryFolder folder_;
};

// GoogleTest owns it.
::testing::Environment* const network =
    ::testing::AddGlobalTestEnvironment(new PrivateNetwork);

class NetworkScenarioTest : public ::testing::TestWithParam<ScenarioMaker> {
 protected:
  static void TearDownTestSuite() {
    std::printf("%s\n", TableHeading().c_str());
    for (const std::string& line : lines_) std::printf("%s\n", line.c_str());
  }

  static inline std::vector<std::string> lines_;
};

TEST_P(NetworkScenarioTest, KeepsItsPromises) {
  Scenario scenario = GetParam().make();
  scenario.name = GetParam().name;
  std::vector<std::string> problems;
  const ScenarioResult result = RunScenario(scenario, problems);
  lines_.push_back(TableLine(scenario, result));
  EXPECT_THAT(problems, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, NetworkScenarioTest,
                         ::testing::ValuesIn(NetworkScenarios()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::testing
