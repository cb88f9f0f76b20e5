// A limit of which each request is asked for.
#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "common/limit_id.h"
#include "dataplane/quota/limit.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kAskedNow = absl::FromUnixSeconds(1'000'000);

struct AskedCase {
  const char* name;
  const char* limit;
  LimitKind kind;
  std::uint64_t capacity;
  std::uint32_t nodes;
  bool asked;
};

class IsAskedForTest : public ::testing::TestWithParam<AskedCase> {};

TEST_P(IsAskedForTest, FollowsTheTable) {
  const AskedCase& c = GetParam();
  EXPECT_EQ(IsAskedFor(c.limit, c.kind, c.capacity, c.nodes), c.asked);
}

// A lease holds for a sixth of a minute.
INSTANTIATE_TEST_SUITE_P(
    Table, IsAskedForTest,
    ::testing::ValuesIn<AskedCase>({
        {"LessThanARequestALease", "key/k/rpm", LimitKind::kRequests, 95, 16,
         true},
        {"ARequestALease", "key/k/rpm", LimitKind::kRequests, 96, 16, false},
        {"OneNodeHasAll", "key/k/rpm", LimitKind::kRequests, 1, 1, false},
        {"NobodyKnownHasAll", "key/k/rpm", LimitKind::kRequests, 1, 0, false},
        {"FewerPlacesThanNodes", "key/k/concurrent", LimitKind::kConcurrent, 3,
         4, true},
        {"APlaceEach", "key/k/concurrent", LimitKind::kConcurrent, 4, 4, false},
        {"TokensNever", "key/k/tpm", LimitKind::kTokens, 1, 16, false},
        {"ProvidersNever", "provider/p/rpm", LimitKind::kRequests, 1, 16,
         false},
        {"TargetsNever", "target/p/m/concurrent", LimitKind::kConcurrent, 1, 16,
         false},
    }),
    [](const auto& test) { return test.param.name; });

class AskedLimitTest : public ::testing::Test {
 protected:
  AskedLimitTest() {
    // Ten a minute among 16, of which this node has an even part.
    rate_.OnNoLease(16, kAskedNow);
    rate_.OnAdmission(AdmissionWord{}, kAskedNow);
    places_.OnNoLease(16, kAskedNow);
    places_.OnAdmission(AdmissionWord{}, kAskedNow);
  }

  static bool Admits(Limit& limit) {
    return !limit.Take(1, kAskedNow).has_value();
  }

  Limit rate_{"key/k/rpm", LimitKind::kRequests, 10, kAskedNow};
  Limit places_{"key/k/concurrent", LimitKind::kConcurrent, 3, kAskedNow};
};

TEST_F(AskedLimitTest, WhatWasGrantedIsLetThrough) {
  EXPECT_FALSE(Admits(rate_));
  ASSERT_TRUE(rate_.MayAsk(kAskedNow));
  const std::uint64_t number = rate_.Ask();
  EXPECT_EQ(number, 1);
  EXPECT_EQ(rate_.waiting(), 1);
  EXPECT_EQ(rate_.refused(), 0) << "it is not refused yet";
  EXPECT_FALSE(rate_.IsAnswered(number));
  rate_.OnAdmission(AdmissionWord{.answered = 1, .granted = 1}, kAskedNow);
  EXPECT_TRUE(rate_.IsAnswered(number));
  rate_.EndAsk(Limit::AskEnd::kAnswered);
  EXPECT_TRUE(Admits(rate_));
  EXPECT_FALSE(Admits(rate_));
  EXPECT_EQ(rate_.waiting(), 0);
  EXPECT_EQ(rate_.wanted(), 2);
  EXPECT_EQ(rate_.refused(), 1);
}

TEST_F(AskedLimitTest, AWordThatComesAgainGrantsNothingAgain) {
  Admits(rate_);
  rate_.Ask();
  for (int i = 0; i < 3; ++i) {
    rate_.OnAdmission(AdmissionWord{.answered = 1, .granted = 1}, kAskedNow);
  }
  rate_.EndAsk(Limit::AskEnd::kAnswered);
  EXPECT_TRUE(Admits(rate_));
  EXPECT_FALSE(Admits(rate_));
}

TEST_F(AskedLimitTest, WhileItIsClosedNobodyAsks) {
  Admits(rate_);
  rate_.Ask();
  rate_.OnAdmission(
      AdmissionWord{.answered = 1, .closed_for = absl::Seconds(6)}, kAskedNow);
  rate_.EndAsk(Limit::AskEnd::kAnswered);
  EXPECT_EQ(rate_.Take(1, kAskedNow), absl::Seconds(6));
  EXPECT_FALSE(rate_.MayAsk(kAskedNow + absl::Seconds(5)));
  EXPECT_EQ(rate_.Remaining(kAskedNow), 0);
  EXPECT_EQ(rate_.UntilFull(kAskedNow), absl::Seconds(6));
  EXPECT_TRUE(rate_.MayAsk(kAskedNow + absl::Seconds(6)));
}

TEST_F(AskedLimitTest, WithoutAnAnswerTheShareDecides) {
  EXPECT_FALSE(Admits(rate_));
  rate_.Ask();
  rate_.EndAsk(Limit::AskEnd::kNoAnswer);
  EXPECT_TRUE(Admits(rate_)) << "one at once is in every share";
  EXPECT_FALSE(Admits(rate_));
  EXPECT_FALSE(rate_.MayAsk(kAskedNow)) << "nobody waits in vain again";
  rate_.OnAdmission(AdmissionWord{}, kAskedNow);
  EXPECT_TRUE(rate_.MayAsk(kAskedNow));
}

// The share knows what was granted, and is no second one.
TEST_F(AskedLimitTest, AShareIsNotHadBesideWhatWasGranted) {
  rate_.OnAdmission(AdmissionWord{.granted = 1}, kAskedNow);
  EXPECT_TRUE(Admits(rate_));
  EXPECT_FALSE(Admits(rate_));
  rate_.Ask();
  rate_.EndAsk(Limit::AskEnd::kNoAnswer);
  EXPECT_FALSE(Admits(rate_));
}

TEST_F(AskedLimitTest, APlaceIsAskedForEachTime) {
  EXPECT_FALSE(Admits(places_));
  places_.Ask();
  places_.OnAdmission(AdmissionWord{.answered = 1, .granted = 1}, kAskedNow);
  places_.EndAsk(Limit::AskEnd::kAnswered);
  EXPECT_EQ(places_.TakeHeld(), 0) << "nobody waits for it any more";
  EXPECT_FALSE(Admits(places_));
  places_.Ask();
  places_.OnAdmission(AdmissionWord{.answered = 2, .granted = 2}, kAskedNow);
  EXPECT_EQ(places_.TakeHeld(), 1);
  places_.EndAsk(Limit::AskEnd::kAnswered);
  EXPECT_TRUE(Admits(places_));
  EXPECT_EQ(places_.TakeHeld(), 1);
  places_.Release();
  EXPECT_EQ(places_.TakeHeld(), 0);
  EXPECT_FALSE(Admits(places_)) << "it is another node's to ask for";
}

TEST_F(AskedLimitTest, WithoutAnAnswerEachNodeHasAPlace) {
  Admits(places_);
  places_.Ask();
  places_.EndAsk(Limit::AskEnd::kNoAnswer);
  EXPECT_TRUE(Admits(places_));
  EXPECT_FALSE(Admits(places_));
}

TEST_F(AskedLimitTest, OfALimitThatGrewNobodyAsks) {
  Admits(rate_);
  const std::uint64_t number = rate_.Ask();
  rate_.OnLease(60, kAskedNow + absl::Seconds(10), kAskedNow);
  rate_.OnAdmission(std::nullopt, kAskedNow);
  EXPECT_TRUE(rate_.IsAnswered(number));
  rate_.EndAsk(Limit::AskEnd::kAnswered);
  EXPECT_TRUE(Admits(rate_));
}

TEST_F(AskedLimitTest, SoManyMayWait) {
  for (std::uint64_t i = 0; i < Limit::kMostWaiting; ++i) {
    ASSERT_TRUE(rate_.MayAsk(kAskedNow));
    rate_.Ask();
  }
  EXPECT_FALSE(rate_.MayAsk(kAskedNow));
}

}  // namespace
}  // namespace weir::dataplane
