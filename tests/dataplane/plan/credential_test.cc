#include "dataplane/plan/credential.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kCredentialNow = absl::FromUnixSeconds(1000);
constexpr int kNever = -1;

// One credential, in seconds from now; kNever for what did not happen.
struct State {
  // It was refused so long ago, for the first time.
  int refused_ago = kNever;
  int paused_for = kNever;
  int avoided_for = kNever;
};

struct PickCase {
  std::string name;
  std::vector<State> states;
  // What the control plane says is refused.
  std::vector<std::uint32_t> refused;
  std::size_t want;
  // Seconds from now until one is free; 0 or below when one is.
  int want_free_in;
  bool want_untroubled;
};

class PickCredentialTest : public ::testing::TestWithParam<PickCase> {};

TEST_P(PickCredentialTest, FollowsTheTable) {
  std::vector<CredentialEntry> entries;
  std::vector<CredentialLive> live;
  std::vector<RateLimit> limits;
  for (const State& state : GetParam().states) {
    entries.push_back({"", static_cast<std::uint32_t>(entries.size())});
    CredentialLive& credential = live.emplace_back();
    RateLimit& limit = limits.emplace_back();
    if (state.refused_ago != kNever) {
      credential.OnRefused("HTTP 401",
                           kCredentialNow - absl::Seconds(state.refused_ago));
    }
    if (state.paused_for != kNever) {
      limit.paused_until = kCredentialNow + absl::Seconds(state.paused_for);
    }
    if (state.avoided_for != kNever) {
      limit.avoided_until = kCredentialNow + absl::Seconds(state.avoided_for);
    }
  }
  const CredentialPool pool{entries, GetParam().refused, live, limits};
  EXPECT_EQ(PickCredential(pool, kCredentialNow), GetParam().want);
  EXPECT_EQ(HasUntroubled(pool, kCredentialNow), GetParam().want_untroubled);
  const absl::Time free_at = CredentialFreeAt(pool);
  if (GetParam().want_free_in > 0) {
    EXPECT_EQ(free_at, kCredentialNow + absl::Seconds(GetParam().want_free_in));
  } else {
    EXPECT_LE(free_at, kCredentialNow);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, PickCredentialTest,
    ::testing::ValuesIn<PickCase>({
        {"None", {}, {}, 0, 0, false},
        {"TheOnlyOne", {{}}, {}, 0, 0, true},
        {"ThePrimaryOfTwo", {{}, {}}, {}, 0, 0, true},
        // A first refusal benches for 10 s.
        {"TheBackupOfARefusedOne", {{.refused_ago = 3}, {}}, {}, 1, 0, true},
        {"ThePrimaryAfterItsBench", {{.refused_ago = 10}, {}}, {}, 0, 0, true},
        {"TheOnlyOneThoughBenched", {{.refused_ago = 3}}, {}, 0, 7, false},
        {"TheSoonestOfTheBenched",
         {{.refused_ago = 3}, {.refused_ago = 8}},
         {},
         1,
         2,
         false},
        {"TheFirstOfTheEqual",
         {{.refused_ago = 3}, {.refused_ago = 3}},
         {},
         0,
         7,
         false},
        {"AnotherThanThePaused", {{.paused_for = 20}, {}}, {}, 1, 0, true},
        {"ThePausedUntilNow", {{.paused_for = 0}, {}}, {}, 0, 0, true},
        {"TheLaterOfBenchAndPauseCounts",
         {{.refused_ago = 3, .paused_for = 20}, {.refused_ago = 1}},
         {},
         1,
         9,
         false},
        {"AnotherThanTheAvoided", {{.avoided_for = 5}, {}}, {}, 1, 0, true},
        {"TheAvoidedIsBetterThanNone", {{.avoided_for = 5}}, {}, 0, 0, false},
        {"TheAvoidedIsBetterThanThePaused",
         {{.paused_for = 1}, {.avoided_for = 5}},
         {},
         1,
         0,
         false},
        {"WhatTheFleetKnowsToBeRefusedIsLast",
         {{}, {}, {}},
         {0, 1},
         2,
         0,
         true},
        {"ButTriedWhenTheOthersAreBenched",
         {{}, {.refused_ago = 1}},
         {0},
         0,
         0,
         false},
        {"AllRefusedIsAsNone", {{}, {}}, {0, 1}, 0, 0, false},
        {"TheAvoidedBeforeTheRefused",
         {{}, {.avoided_for = 5}},
         {0},
         1,
         0,
         false},
        {"APositionThatIsNotHere", {{}}, {7}, 0, 0, true},
    }),
    [](const auto& test) { return test.param.name; });

TEST(PickCredentialTest, PositionsNotPlacesTellCredentialsApart) {
  // The first of three does not resolve on this node.
  const std::vector<CredentialEntry> entries = {{"b", 1}, {"c", 2}};
  std::vector<CredentialLive> live(3);
  const std::vector<RateLimit> limits(3);
  const CredentialPool pool{entries, {}, live, limits};
  live[0].OnRefused("HTTP 401", kCredentialNow);
  EXPECT_EQ(PickCredential(pool, kCredentialNow), 0U);
  live[1].OnRefused("HTTP 401", kCredentialNow);
  EXPECT_EQ(PickCredential(pool, kCredentialNow), 1U);
}

TEST(PickCredentialTest, OfWhatIsNotKnownYetNothingIsHeldAgainst) {
  const std::vector<CredentialEntry> entries = {{"a", 0}, {"b", 1}};
  const std::vector<CredentialLive> live;
  const std::vector<RateLimit> limits;
  EXPECT_EQ(PickCredential({entries, {}, live, limits}, kCredentialNow), 0U);
}

TEST(CredentialLiveTest, EachRefusalAfterABenchDoublesItUpToAMinute) {
  CredentialLive credential;
  absl::Time now = kCredentialNow;
  for (const int seconds : {10, 20, 40, 60, 60}) {
    credential.OnRefused("HTTP 401", now);
    EXPECT_EQ(credential.benched_until(), now + absl::Seconds(seconds));
    // Requests that were under way.
    credential.OnRefused("HTTP 403", now + absl::Seconds(1));
    EXPECT_EQ(credential.benched_until(), now + absl::Seconds(seconds));
    EXPECT_EQ(credential.refused_because(), "HTTP 403");
    now = credential.benched_until();
  }
  credential.OnAccepted();
  EXPECT_EQ(credential.refused_because(), "");
  EXPECT_EQ(credential.benched_until(), absl::InfinitePast());
  credential.OnRefused("HTTP 401", now);
  EXPECT_EQ(credential.benched_until(), now + absl::Seconds(10));
}

TEST(CredentialLiveTest, AnotherSecretInItsPlaceIsAnotherCredential) {
  CredentialLive credential;
  credential.OnIdentity(1);
  credential.OnRefused("HTTP 401", kCredentialNow);
  credential.OnIdentity(1);
  EXPECT_EQ(credential.refused_because(), "HTTP 401");
  credential.OnIdentity(2);
  EXPECT_EQ(credential.refused_because(), "");
  EXPECT_EQ(credential.benched_until(), absl::InfinitePast());
}

TEST(CredentialLiveTest, TheFleetTakingBackItsWordEndsTheBench) {
  using Word = CredentialLive::Word;
  CredentialLive credential;
  credential.OnRefused("HTTP 401", kCredentialNow);
  // It has not heard of it yet.
  credential.OnFleetSays(Word::kNothing);
  EXPECT_EQ(credential.refused_because(), "HTTP 401");
  credential.OnFleetSays(Word::kRefused);
  EXPECT_EQ(credential.refused_because(), "HTTP 401");
  credential.OnFleetSays(Word::kNothing);
  EXPECT_EQ(credential.refused_because(), "");
}

}  // namespace
}  // namespace weir::dataplane
