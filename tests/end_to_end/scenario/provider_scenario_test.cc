// Promise: whatever happens to one provider, no request fails where another
// can answer it. Each scenario runs the real binaries under load; a table at
// the end says what was seen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/end_to_end/scenario/provider_scenarios.h"
#include "tests/end_to_end/scenario/scenario.h"

namespace weir::testing {
namespace {

class ProviderScenarioTest : public ::testing::TestWithParam<Scenario> {
 protected:
  static void TearDownTestSuite() {
    std::printf("%s\n", TableHeading().c_str());
    for (const std::string& line : lines_) std::printf("%s\n", line.c_str());
  }

  static inline std::vector<std::string> lines_;
};

TEST_P(ProviderScenarioTest, KeepsItsPromises) {
  std::vector<std::string> problems;
  const ScenarioResult result = RunScenario(GetParam(), problems);
  lines_.push_back(TableLine(GetParam(), result));
  EXPECT_THAT(problems, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ProviderScenarioTest,
                         ::testing::ValuesIn(ProviderScenarios()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::testing
