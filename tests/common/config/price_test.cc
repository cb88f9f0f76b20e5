#include "common/config/price.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::config {
namespace {

absl::Time Day(int day) {
  return absl::FromCivil(absl::CivilDay(2026, 3, day), absl::UTCTimeZone());
}

// One that costs `input` and says nothing else.
Price Flat(double input) { return {input, input, 0, input, input, 0}; }

TEST(PriceTest, CachesCostAsInputUnlessItIsSaid) {
  v1::Price price;
  price.set_input(2);
  price.set_output(8);
  EXPECT_EQ(EffectivePrice(price), (Price{2, 2, 8, 2, 2, 0}));
  price.set_cached_input(0.5);
  price.set_cache_write(2.5);
  price.set_cache_write_1h(4);
  price.set_request(0.01);
  EXPECT_EQ(EffectivePrice(price), (Price{2, 0.5, 8, 2.5, 4, 0.01}));
}

TEST(PriceTest, ThreePartsOfTheBlendAreInput) {
  EXPECT_EQ(BlendedPrice({2, 1, 10, 3, 4, 5}), 4.0);
  EXPECT_EQ(BlendedPrice({}), 0.0) << "free, and not unknown";
}

TEST(PriceTest, EveryKindOfWorkHasItsPrice) {
  const Price price{2, 0.5, 8, 2.5, 4, 0.01};
  EXPECT_EQ(CostOf({}, price), 0);
  EXPECT_DOUBLE_EQ(CostOf({.input = 1'000'000}, price), 2);
  EXPECT_DOUBLE_EQ(CostOf({.cached_input = 1'000'000}, price), 0.5);
  EXPECT_DOUBLE_EQ(CostOf({.cache_write = 1'000'000}, price), 2.5);
  EXPECT_DOUBLE_EQ(CostOf({.cache_write_1h = 1'000'000}, price), 4);
  EXPECT_DOUBLE_EQ(CostOf({.output = 1'000'000}, price), 8);
  EXPECT_DOUBLE_EQ(CostOf({.requests = 3}, price), 0.03);
  EXPECT_DOUBLE_EQ(
      CostOf({1'000'000, 1'000'000, 1'000'000, 1'000'000, 1'000'000, 1}, price),
      17.01);
}

TEST(PriceTest, ACacheSavesWhatReadingSparesLessWhatWritingCosts) {
  const Price price{2, 0.5, 8, 2.5, 4, 0};
  EXPECT_DOUBLE_EQ(CacheSavingsOf({.cached_input = 1'000'000}, price), 1.5);
  EXPECT_DOUBLE_EQ(CacheSavingsOf({.cache_write = 1'000'000}, price), -0.5);
  EXPECT_DOUBLE_EQ(CacheSavingsOf({.cache_write_1h = 1'000'000}, price), -2);
}

TEST(PriceScheduleTest, AStepHoldsFromItsTimeToTheNext) {
  EXPECT_EQ(PriceSchedule().At(Day(1)), std::nullopt);
  EXPECT_EQ(PriceSchedule(Flat(1)).At(absl::UnixEpoch()), Flat(1));
  const PriceSchedule schedule(
      {{Day(2), Flat(2)}, {Day(4), Flat(4)}, {Day(6), std::nullopt}});
  EXPECT_EQ(schedule.At(Day(2) - absl::Nanoseconds(1)), std::nullopt);
  EXPECT_EQ(schedule.At(Day(2)), Flat(2));
  EXPECT_EQ(schedule.At(Day(4) - absl::Nanoseconds(1)), Flat(2));
  EXPECT_EQ(schedule.At(Day(4)), Flat(4));
  EXPECT_EQ(schedule.At(Day(6)), std::nullopt);
}

TEST(PriceScheduleTest, WhatLiesAboveHidesWhatLiesBelow) {
  const PriceSchedule below(
      {{absl::InfinitePast(), Flat(1)}, {Day(5), Flat(5)}});
  const PriceSchedule above({{Day(3), Flat(3)}, {Day(7), std::nullopt}});
  const PriceSchedule both = Overlay(above, below);
  EXPECT_EQ(both.At(Day(1)), Flat(1));
  EXPECT_EQ(both.At(Day(3)), Flat(3));
  EXPECT_EQ(both.At(Day(5)), Flat(3));
  EXPECT_EQ(both.At(Day(7)), Flat(5));
  EXPECT_EQ(Overlay(PriceSchedule(), below), below);
}

class PriceListTest : public ::testing::Test {
 protected:
  v1::DatedPrice& Add(const std::string& provider, double input) {
    v1::DatedPrice& entry = *resources_.add_prices();
    entry.set_provider(provider);
    entry.set_model("gpt-4.1");
    entry.mutable_price()->set_input(input);
    return entry;
  }
  void AddFrom(absl::Time time, const std::string& provider, double input) {
    Add(provider, input)
        .mutable_effective_from()
        ->set_seconds(absl::ToUnixSeconds(time));
  }
  std::optional<Price> At(absl::Time time) {
    return PriceAt(resources_, model_, target_, time);
  }

  v1::Resources resources_;
  v1::Model model_ = [] {
    v1::Model model;
    model.set_name("gpt-4.1");
    return model;
  }();
  v1::Target target_ = [] {
    v1::Target target;
    target.set_provider("relay");
    return target;
  }();
};

TEST_F(PriceListTest, ATargetWithoutAnyPriceHasNone) {
  Add("another", 1);
  Add("", 1).set_model("gpt-4.1-mini");
  EXPECT_EQ(At(Day(1)), std::nullopt);
}

TEST_F(PriceListTest, TheTargetsOwnPriceGoesBeforeTheList) {
  Add("relay", 1);
  target_.mutable_price()->set_input(9);
  EXPECT_EQ(At(Day(1)), Flat(9));
}

TEST_F(PriceListTest, AProvidersEntryGoesBeforeThatOfAll) {
  Add("", 1);
  EXPECT_EQ(At(Day(1)), Flat(1));
  Add("relay", 2);
  EXPECT_EQ(At(Day(1)), Flat(2));
}

TEST_F(PriceListTest, BeforeAProvidersFirstEntryThatOfAllHolds) {
  Add("", 1);
  AddFrom(Day(10), "relay", 2);
  EXPECT_EQ(At(Day(9)), Flat(1));
  EXPECT_EQ(At(Day(10)), Flat(2));
}

TEST_F(PriceListTest, EntriesNeedNoOrder) {
  AddFrom(Day(20), "", 3);
  AddFrom(Day(10), "", 2);
  EXPECT_EQ(At(Day(9)), std::nullopt);
  EXPECT_EQ(At(Day(10)), Flat(2));
  EXPECT_EQ(At(Day(20)), Flat(3));
}

TEST_F(PriceListTest, TheListKnowsTargetsByTheProvidersName) {
  Add("", 1).set_model("gpt-4.1-2025-04-14");
  EXPECT_EQ(At(Day(1)), std::nullopt);
  target_.set_model("gpt-4.1-2025-04-14");
  EXPECT_EQ(At(Day(1)), Flat(1));
}

}  // namespace
}  // namespace weir::config
