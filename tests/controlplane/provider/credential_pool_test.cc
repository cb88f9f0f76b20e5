#include "controlplane/provider/credential_pool.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kAccepted = CredentialAnswer::Kind::kAccepted;
constexpr auto kRefused = CredentialAnswer::Kind::kRefused;
constexpr auto kNoAnswer = CredentialAnswer::Kind::kNoAnswer;

FoundCredential Found(const std::string& name, std::size_t fingerprint) {
  return {"env:" + name, fingerprint, ""};
}

// A primary, 0, and a backup, 1, that were asked with at load and are fine.
class CredentialPoolTest : public ::testing::Test {
 protected:
  CredentialPoolTest() {
    pool_.Follow({Found("A", 1), Found("B", 2)}, now_);
    for (const std::uint32_t position : pool_.TakeDue(now_)) {
      Answer(position, kAccepted);
    }
  }

  void Answer(std::uint32_t position, CredentialAnswer::Kind kind) {
    pool_.OnAnswer(position, {kind, kind == kRefused ? "HTTP 401" : ""}, now_);
  }
  void NodeRefuses(std::uint32_t position) {
    pool_.OnNodeReport({{position, "HTTP 402"}}, now_);
  }
  // Which one is used; empty: none.
  std::string Active() const {
    for (const CredentialView& view : pool_.View()) {
      if (view.active) return view.reference;
    }
    return "";
  }
  // How long until the next check, in seconds, which is then under way.
  int SecondsToCheck() {
    for (int seconds = 0; seconds < 3600; ++seconds) {
      if (!pool_.TakeDue(now_).empty()) return seconds;
      now_ += absl::Seconds(1);
    }
    return -1;
  }

  absl::Time now_ = absl::UnixEpoch() + absl::Hours(1);
  CredentialPool pool_;
};

TEST(CredentialPoolLoadTest, EachCredentialIsAskedWithOnceAtLoad) {
  CredentialPool pool;
  const absl::Time now = absl::UnixEpoch();
  pool.Follow({Found("A", 1), Found("B", 2)}, now);
  EXPECT_THAT(pool.TakeDue(now), ElementsAre(0, 1));
  EXPECT_THAT(pool.TakeDue(now), IsEmpty()) << "they are out";
  pool.OnAnswer(0, {kAccepted}, now);
  pool.OnAnswer(1, {kRefused, "HTTP 403"}, now);
  EXPECT_THAT(pool.TakeDue(now), IsEmpty());
  EXPECT_THAT(pool.Refused(), ElementsAre(1));
}

TEST(CredentialPoolLoadTest, WithoutAnAnswerItIsAskedAgain) {
  CredentialPool pool;
  const absl::Time now = absl::UnixEpoch();
  pool.Follow({Found("A", 1)}, now);
  pool.TakeDue(now);
  pool.OnAnswer(0, {kNoAnswer}, now);
  EXPECT_THAT(pool.TakeDue(now + absl::Seconds(9)), IsEmpty());
  EXPECT_THAT(pool.TakeDue(now + absl::Seconds(10)), ElementsAre(0));
  EXPECT_THAT(pool.Refused(), IsEmpty());
}

TEST(CredentialPoolLoadTest, WhatDoesNotResolveIsMissingAndNotAskedWith) {
  CredentialPool pool;
  const absl::Time now = absl::UnixEpoch();
  pool.Follow({{"env:A", std::nullopt, "not set"}, Found("B", 2)}, now);
  EXPECT_THAT(pool.TakeDue(now), ElementsAre(1));
  const auto views = pool.View();
  EXPECT_EQ(views[0].state, CredentialState::kMissing);
  EXPECT_EQ(views[0].reason, "not set");
  EXPECT_TRUE(views[1].active);
  EXPECT_THAT(pool.Refused(), IsEmpty()) << "nodes may have it";
}

TEST_F(CredentialPoolTest, WhatOneNodeIsRefusedIsRefusedForAll) {
  EXPECT_EQ(Active(), "env:A");
  NodeRefuses(0);
  EXPECT_EQ(Active(), "env:B");
  EXPECT_THAT(pool_.Refused(), ElementsAre(0));
  EXPECT_EQ(pool_.View()[0].reason, "HTTP 402");
}

TEST_F(CredentialPoolTest, ThePrimaryComesBackWhenItIsNotRefusedAnyMore) {
  NodeRefuses(0);
  EXPECT_EQ(SecondsToCheck(), 10);
  Answer(0, kRefused);
  EXPECT_EQ(SecondsToCheck(), 20);
  Answer(0, kAccepted);
  EXPECT_EQ(Active(), "env:A");
  EXPECT_EQ(pool_.View()[0].reason, "");
  EXPECT_EQ(SecondsToCheck(), -1);
}

TEST_F(CredentialPoolTest, TheWaitDoublesUpToTenMinutes) {
  NodeRefuses(0);
  for (const int want : {10, 20, 40, 80, 160, 320, 600, 600}) {
    EXPECT_EQ(SecondsToCheck(), want);
    Answer(0, kRefused);
  }
}

TEST_F(CredentialPoolTest, NoAnswerIsNoReasonToWaitLonger) {
  NodeRefuses(0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(SecondsToCheck(), 10);
    Answer(0, kNoAnswer);
  }
  EXPECT_THAT(pool_.Refused(), ElementsAre(0));
}

TEST_F(CredentialPoolTest, ALateReportDoesNotTakeItBackAtOnce) {
  NodeRefuses(0);
  SecondsToCheck();
  Answer(0, kAccepted);
  now_ += absl::Seconds(4);
  NodeRefuses(0);
  EXPECT_EQ(Active(), "env:A");
  now_ += absl::Seconds(1);
  NodeRefuses(0);
  EXPECT_EQ(Active(), "env:B") << "now the node means it";
}

TEST_F(CredentialPoolTest, WhatIsRefusedAgainSoonWaitsLonger) {
  NodeRefuses(0);
  EXPECT_EQ(SecondsToCheck(), 10);
  Answer(0, kAccepted);
  now_ += absl::Seconds(30);
  NodeRefuses(0);
  EXPECT_EQ(SecondsToCheck(), 20);
  Answer(0, kAccepted);
  now_ += absl::Minutes(10);
  NodeRefuses(0);
  EXPECT_EQ(SecondsToCheck(), 10) << "that was long ago";
}

TEST_F(CredentialPoolTest, AProbesSuccessBringsItBackToo) {
  NodeRefuses(0);
  NodeRefuses(1);
  EXPECT_EQ(Active(), "");
  Answer(1, kAccepted);
  EXPECT_EQ(Active(), "env:B");
}

TEST_F(CredentialPoolTest, AProbesRefusalCountsAndMovesNoCheck) {
  Answer(0, kRefused);
  EXPECT_EQ(Active(), "env:B");
  now_ += absl::Seconds(9);
  Answer(0, kRefused);
  EXPECT_EQ(SecondsToCheck(), 1);
}

TEST_F(CredentialPoolTest, ANewSecretIsAnotherCredential) {
  NodeRefuses(0);
  pool_.Follow({Found("A", 99), Found("B", 2)}, now_);
  EXPECT_EQ(Active(), "env:A");
  EXPECT_THAT(pool_.TakeDue(now_), ElementsAre(0));
}

TEST_F(CredentialPoolTest, WhatStaysKeepsItsRecord) {
  NodeRefuses(1);
  pool_.Follow({Found("A", 1), Found("B", 2), Found("C", 3)}, now_);
  EXPECT_THAT(pool_.Refused(), ElementsAre(1));
  EXPECT_THAT(pool_.TakeDue(now_), ElementsAre(2));
}

TEST_F(CredentialPoolTest, PositionsBeyondAreIgnored) {
  NodeRefuses(7);
  Answer(7, kRefused);
  EXPECT_THAT(pool_.Refused(), IsEmpty());
}

}  // namespace
}  // namespace weir::controlplane
