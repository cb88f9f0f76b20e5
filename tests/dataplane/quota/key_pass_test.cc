#include "dataplane/quota/key_pass.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::dataplane {
namespace {

// 60 requests and 60,000 tokens a minute, one at a time: a new bucket holds 1
// and 1000.
class KeyPassTest : public ::testing::Test {
 protected:
  KeyPassTest() {
    limits_.requests = Make("rpm", LimitKind::kRequests, 60);
    limits_.tokens = Make("tpm", LimitKind::kTokens, 60'000);
    limits_.concurrent = Make("concurrent", LimitKind::kConcurrent, 1);
  }

  std::shared_ptr<Limit> Make(const char* id, LimitKind kind,
                              std::uint64_t capacity) const {
    return std::make_shared<Limit>(id, kind, capacity, clock_.Now());
  }
  std::variant<KeyPass, KeyRefusal> Admit(double input) {
    return KeyPass::Admit(limits_, input, clock_);
  }
  double Tokens() const { return limits_.tokens->Remaining(clock_.Now()); }

  testing::FakeClock clock_;
  ClientLimits limits_;
};

TEST_F(KeyPassTest, TokensAreTakenBeforeAndSettledAfter) {
  {
    auto admitted = Admit(100);
    ASSERT_TRUE(std::holds_alternative<KeyPass>(admitted));
    // 100 in, 250 expected out.
    EXPECT_EQ(Tokens(), 650);
    EXPECT_EQ(limits_.concurrent->held(), 1);
    std::get<KeyPass>(admitted).OnTokens(400);
  }
  EXPECT_EQ(Tokens(), 600);
  EXPECT_EQ(limits_.concurrent->held(), 0);
  // 300 more than what went in, of which a tenth counts.
  EXPECT_EQ(limits_.tokens->expected(), 255);
  EXPECT_EQ(limits_.tokens->wanted(), 400);
}

TEST_F(KeyPassTest, WhatUsedNothingGivesAllBack) {
  { auto admitted = Admit(100); }
  EXPECT_EQ(Tokens(), 1000);
  EXPECT_EQ(limits_.tokens->expected(), 250);
}

TEST_F(KeyPassTest, APassThatMovesSettlesOnce) {
  {
    KeyPass pass;
    auto admitted = Admit(100);
    pass = std::get<KeyPass>(std::move(admitted));
    pass.OnTokens(400);
  }
  EXPECT_EQ(Tokens(), 600);
}

TEST_F(KeyPassTest, TheSecondAtOnceIsRefused) {
  auto first = Admit(100);
  auto second = Admit(100);
  ASSERT_TRUE(std::holds_alternative<KeyRefusal>(second));
  EXPECT_EQ(std::get<KeyRefusal>(second).limit, limits_.concurrent.get());
  EXPECT_EQ(Tokens(), 650);
}

TEST_F(KeyPassTest, WhatOneLimitRefusesTheOthersDoNotCount) {
  { auto first = Admit(100); }
  auto second = Admit(100);
  ASSERT_TRUE(std::holds_alternative<KeyRefusal>(second));
  EXPECT_EQ(std::get<KeyRefusal>(second).limit, limits_.requests.get());
  EXPECT_EQ(std::get<KeyRefusal>(second).wait, absl::Seconds(1));
  EXPECT_EQ(Tokens(), 1000);
  EXPECT_EQ(limits_.concurrent->held(), 0);
}

TEST_F(KeyPassTest, TooManyTokensWait) {
  auto admitted = Admit(1350);
  ASSERT_TRUE(std::holds_alternative<KeyRefusal>(admitted));
  EXPECT_EQ(std::get<KeyRefusal>(admitted).limit, limits_.tokens.get());
  // 1600 are needed and 1000 there; 1000 come in a second.
  EXPECT_EQ(std::get<KeyRefusal>(admitted).wait, absl::Milliseconds(600));
  EXPECT_EQ(limits_.requests->Remaining(clock_.Now()), 1);
}

// Of ten a minute among sixteen nodes each request is asked for.
TEST(KeyPassAskedTest, APlaceIsKeptWhileTheRequestIsAskedFor) {
  testing::FakeClock clock;
  ClientLimits limits;
  limits.requests = std::make_shared<Limit>("key/k/rpm", LimitKind::kRequests,
                                            10, clock.Now());
  limits.concurrent = std::make_shared<Limit>(
      "key/k/concurrent", LimitKind::kConcurrent, 99, clock.Now());
  limits.requests->OnAdmission(AdmissionWord{}, clock.Now());
  {
    KeyPass pass;
    ASSERT_TRUE(pass.Take(limits, 0, clock).has_value());
    EXPECT_EQ(limits.concurrent->held(), 1);
    limits.requests->OnAdmission(AdmissionWord{.granted = 1}, clock.Now());
    EXPECT_FALSE(pass.Take(limits, 0, clock).has_value());
    EXPECT_EQ(limits.concurrent->held(), 1) << "and not two";
    KeyPass refused;
    limits.requests->OnAdmission(
        AdmissionWord{.granted = 1, .closed_for = absl::Seconds(6)},
        clock.Now());
    EXPECT_TRUE(refused.Take(limits, 0, clock).has_value());
    EXPECT_EQ(limits.concurrent->held(), 1) << "nobody need be asked";
  }
  EXPECT_EQ(limits.concurrent->held(), 0);
}

}  // namespace
}  // namespace weir::dataplane
