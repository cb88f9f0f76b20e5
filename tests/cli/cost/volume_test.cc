#include "cli/cost/volume.h"

#include <cstdint>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace weir::cost {
namespace {

struct TokensCase {
  std::string text;
  std::optional<std::uint64_t> want;
};

class ParseTokensTest : public ::testing::TestWithParam<TokensCase> {};

TEST_P(ParseTokensTest, FollowsTheTable) {
  EXPECT_EQ(ParseTokens(GetParam().text), GetParam().want) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseTokensTest,
    ::testing::ValuesIn<TokensCase>({{"0", 0},
                                     {"1000000", 1'000'000},
                                     {"10M", 10'000'000},
                                     {"10m", 10'000'000},
                                     {"1.5k", 1500},
                                     {"2B", 2'000'000'000},
                                     {"1e6", 1'000'000},
                                     {"1000000B", 1'000'000'000'000'000},
                                     {"1000001B", std::nullopt},
                                     {"", std::nullopt},
                                     {"M", std::nullopt},
                                     {"-1", std::nullopt},
                                     {"nan", std::nullopt},
                                     {"inf", std::nullopt},
                                     {"10MM", std::nullopt},
                                     {"ten", std::nullopt}}));

TEST(DivideTest, WithoutARatioAllIsOutput) {
  EXPECT_EQ(Divide(10, ""), (Volume{0, 10}));
}

TEST(DivideTest, PartsAddUpToTheWhole) {
  EXPECT_EQ(Divide(4'000'000, "1:3"), (Volume{1'000'000, 3'000'000}));
  EXPECT_EQ(Divide(10, "1:2"), (Volume{3, 7}));
  EXPECT_EQ(Divide(10, "1:0"), (Volume{10, 0}));
  EXPECT_EQ(Divide(10, "0.5:0.5"), (Volume{5, 5}));
}

TEST(DivideTest, WhatIsNoRatioIsRefused) {
  for (const char* text : {"1", "1:", ":1", "0:0", "-1:2", "a:b", "1:2:3"}) {
    EXPECT_EQ(Divide(10, text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace weir::cost
