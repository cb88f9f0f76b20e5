#include "controlplane/quota/divide.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAreArray;
using ::testing::Pointwise;

struct DivideRateCase {
  std::string name;
  double limit;
  std::vector<double> wanted;
  std::vector<double> want;
};

class DivideRateTest : public ::testing::TestWithParam<DivideRateCase> {};

TEST_P(DivideRateTest, FollowsTheTable) {
  EXPECT_THAT(DivideRate(GetParam().limit, GetParam().wanted),
              Pointwise(DoubleNear(1e-9), GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    Table, DivideRateTest,
    ::testing::ValuesIn<DivideRateCase>({
        {"Nobody", 600, {}, {}},
        {"OneHasAll", 600, {10}, {600}},
        {"OneIsCut", 600, {1800}, {600}},
        {"EvenOverload", 600, {900, 900}, {300, 300}},
        // 100 is under a third of 600; the rest is for the other two.
        {"TheSmallIsServed", 600, {900, 100, 900}, {250, 100, 250}},
        // 300 are left over: 100 for each.
        {"RoomIsSpread", 600, {200, 100, 0}, {300, 200, 100}},
        {"LessThanOneEach", 10, {30, 30, 30, 30}, {2.5, 2.5, 2.5, 2.5}},
    }),
    [](const auto& test) { return test.param.name; });

struct DividePlacesCase {
  std::string name;
  std::uint64_t limit;
  // Wanted, held, leased last.
  std::vector<Places> nodes;
  std::vector<std::uint64_t> want;
};

class DividePlacesTest : public ::testing::TestWithParam<DividePlacesCase> {};

TEST_P(DividePlacesTest, FollowsTheTable) {
  EXPECT_THAT(DividePlaces(GetParam().limit, GetParam().nodes),
              ElementsAreArray(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    Table, DividePlacesTest,
    ::testing::ValuesIn<DividePlacesCase>({
        {"Nobody", 8, {}, {}},
        {"TheFirstHasAll", 8, {{3, 3, 0}}, {8}},
        {"WhatRoundingLeavesGoesToTheFirst",
         8,
         {{9, 0, 0}, {9, 0, 0}, {9, 0, 0}},
         {3, 3, 2}},
        // The first has all 8 in flight: nothing is free yet, and its share
        // sinks to 4, of which the second gets none before they end.
        {"NothingIsGivenTwice", 8, {{8, 8, 8}, {8, 0, 0}}, {4, 0}},
        // Three ended: they are the second's.
        {"WhatEndedIsGivenAway", 8, {{8, 5, 4}, {8, 0, 0}}, {4, 3}},
        // It was told of 4, and has not said that it knows: it may have all 8.
        {"WhoHasNotHeardOfLessMayHaveMore",
         8,
         {{8, 4, 4, 8}, {8, 0, 0}},
         {4, 0}},
        {"AllEnded", 8, {{8, 4, 4}, {8, 3, 3}}, {4, 4}},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
