#include "cli/cost/compare.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/cost/price_list.h"

namespace weir::cost {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<std::pair<std::string, double>> Costs(const Volume& volume) {
  std::vector<std::pair<std::string, double>> costs;
  const auto report =
      Compare(PricedModels(PriceListOfFour(), absl::UnixEpoch()), volume);
  for (const auto& row : report.rows()) {
    costs.emplace_back(row.group(), row.cost_usd());
  }
  return costs;
}

TEST(CompareTest, TenMillionTokensOut) {
  EXPECT_THAT(Costs({0, 10'000'000}),
              ElementsAre(Pair("deepseek-v3.2", DoubleEq(4.20)),
                          Pair("gemini-2.5-flash", DoubleEq(25)),
                          Pair("gpt-4.1", DoubleEq(80)),
                          Pair("claude-sonnet-4.5", DoubleEq(150))));
}

TEST(CompareTest, AMillionInAndThreeOut) {
  EXPECT_THAT(Costs({1'000'000, 3'000'000}),
              ElementsAre(Pair("deepseek-v3.2", DoubleEq(1.36)),
                          Pair("gemini-2.5-flash", DoubleEq(7.85)),
                          Pair("gpt-4.1", DoubleEq(26.40)),
                          Pair("claude-sonnet-4.5", DoubleEq(48))));
}

TEST(CompareTest, TheDearestIsTheBaseline) {
  const auto report = Compare(
      PricedModels(PriceListOfFour(), absl::UnixEpoch()), {0, 10'000'000});
  EXPECT_EQ(report.baseline(), "claude-sonnet-4.5");
  for (const auto& row : report.rows()) {
    EXPECT_DOUBLE_EQ(row.baseline_usd(), 150);
  }
}

TEST(CompareTest, NothingIsComparedWithNothing) {
  EXPECT_EQ(Compare({}, {0, 1}).rows_size(), 0);
}

}  // namespace
}  // namespace weir::cost
