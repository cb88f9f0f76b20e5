#include "dataplane/sync/lane.h"

#include <optional>
#include <string>

#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lane_answer.h"
#include "dataplane/sync/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kBytes[] = "content";

Version Offer(std::uint64_t epoch, std::uint64_t sequence) {
  return {epoch, sequence, weir::Sha256(kBytes)};
}

Version OtherHash(std::uint64_t epoch, std::uint64_t sequence) {
  return {epoch, sequence, weir::Sha256("something else")};
}

struct JudgeCase {
  std::string name;
  std::optional<Version> running;
  Version offered;
  LaneVerdict want;
};

class JudgeTest : public ::testing::TestWithParam<JudgeCase> {};

TEST_P(JudgeTest, FollowsTheTable) {
  const JudgeCase& param = GetParam();
  EXPECT_EQ(Judge(param.running, param.offered, kBytes), param.want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JudgeTest,
    ::testing::ValuesIn<JudgeCase>({
        {"TheFirstIsNew", std::nullopt, Offer(1, 1), LaneVerdict::kNew},
        {"TheNextSequenceIsNew", Offer(1, 1), Offer(1, 2), LaneVerdict::kNew},
        {"GapsAreFine", Offer(1, 1), Offer(1, 900), LaneVerdict::kNew},
        {"ANewEpochBeginsAnew", Offer(1, 900), Offer(2, 1), LaneVerdict::kNew},
        {"TheSameAgainIsRunning", Offer(2, 5), Offer(2, 5),
         LaneVerdict::kRunning},
        {"AnOlderSequenceIsOlder", Offer(2, 5), Offer(2, 4),
         LaneVerdict::kOlder},
        {"AnOldLeaderIsOlderWhateverItsSequence", Offer(2, 5), Offer(1, 999),
         LaneVerdict::kOlder},
        {"OlderIsOlderEvenIfDamaged", Offer(2, 5), OtherHash(1, 1),
         LaneVerdict::kOlder},
        {"TheSameVersionWithOtherContentContradicts", Offer(2, 5),
         OtherHash(2, 5), LaneVerdict::kContradiction},
        {"AnotherHashThanTheContentsIsDamage", Offer(2, 5), OtherHash(2, 6),
         LaneVerdict::kDamaged},
        {"NoEpochIsNoVersion", std::nullopt, Offer(0, 1),
         LaneVerdict::kNoVersion},
        {"NoSequenceIsNoVersion", std::nullopt, Offer(1, 0),
         LaneVerdict::kNoVersion},
        {"NoHashIsNoVersion",
         std::nullopt,
         {1, 1, ""},
         LaneVerdict::kNoVersion},
        {"AShortHashIsNoVersion",
         std::nullopt,
         {1, 1, std::string(31, 'x')},
         LaneVerdict::kNoVersion},
    }),
    [](const auto& test) { return test.param.name; });

TEST(VersionTest, SurvivesTheWire) {
  const Version version = Offer(3, 17);
  EXPECT_EQ(FromProto(ToProto(version)), version);
  EXPECT_EQ(Describe(version), "epoch 3, sequence 17");
}

TEST(VersionTest, TheHashHasNoOrder) {
  EXPECT_FALSE(IsNewer(Offer(1, 1), OtherHash(1, 1)));
  EXPECT_FALSE(IsNewer(OtherHash(1, 1), Offer(1, 1)));
}

TEST(LaneAnswerTest, WhatWasAppliedIsAcknowledgedWithItsWarnings) {
  const auto answer =
      AnswerFor(routing::v1::LANE_CONFIG, ToProto(Offer(1, 2)),
                {LaneOutcome::Kind::kApplied, {"careful"}}, Offer(1, 2));
  ASSERT_TRUE(answer.has_ack());
  EXPECT_EQ(answer.ack().lane(), routing::v1::LANE_CONFIG);
  EXPECT_EQ(answer.ack().version().sequence(), 2u);
  EXPECT_THAT(answer.ack().warnings(), ElementsAre("careful"));
}

TEST(LaneAnswerTest, ADuplicateIsAcknowledged) {
  const auto answer =
      AnswerFor(routing::v1::LANE_WEIGHTS, ToProto(Offer(1, 2)),
                {LaneOutcome::Kind::kRunningAlready, {}}, Offer(1, 2));
  ASSERT_TRUE(answer.has_ack());
  EXPECT_THAT(answer.ack().warnings(), IsEmpty());
}

TEST(LaneAnswerTest, ARefusalSaysWhyAndWhatRunsInstead) {
  const auto answer =
      AnswerFor(routing::v1::LANE_CONFIG, ToProto(Offer(1, 2)),
                {LaneOutcome::Kind::kRefused, {"bad"}}, Offer(2, 9));
  ASSERT_TRUE(answer.has_nack());
  EXPECT_THAT(answer.nack().problems(), ElementsAre("bad"));
  EXPECT_EQ(answer.nack().running().epoch(), 2u);
}

TEST(LaneAnswerTest, ARefusalOfANodeWithNothingNamesNoVersion) {
  const auto answer =
      AnswerFor(routing::v1::LANE_CONFIG, ToProto(Offer(1, 2)),
                {LaneOutcome::Kind::kRefused, {"bad"}}, std::nullopt);
  EXPECT_FALSE(answer.nack().has_running());
}

TEST(LaneAnswerTest, EndlessProblemsAreCut) {
  const auto answer = AnswerFor(
      routing::v1::LANE_CONFIG, ToProto(Offer(1, 2)),
      {LaneOutcome::Kind::kRefused, std::vector<std::string>(1000, "bad")},
      std::nullopt);
  ASSERT_EQ(answer.nack().problems_size(), static_cast<int>(kMaxNotes) + 1);
  EXPECT_EQ(answer.nack().problems(static_cast<int>(kMaxNotes)),
            "and 950 more");
}

}  // namespace
}  // namespace weir::dataplane
