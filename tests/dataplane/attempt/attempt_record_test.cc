// What is remembered of a request's attempts.
#include "dataplane/attempt/attempt_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "absl/time/time.h"
#include "dataplane/attempt/outcome.h"
#include "tests/dataplane/attempt/attempt_loop_fixture.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using testing::Started;

TEST_F(AttemptLoopTest, EachAttemptIsRecordedWithWhatCameOfIt) {
  Run({Refused(), Status(429), Good()});
  const std::span<const AttemptRecord> records = records_.items();
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].provider, 0U);
  EXPECT_EQ(records[0].status, 0);
  EXPECT_EQ(records[0].held_against, HeldAgainst::kEndpoint);
  EXPECT_EQ(records[0].reason.view(), "connection refused");
  EXPECT_EQ(records[1].target, 1U);
  EXPECT_EQ(records[1].status, 429);
  EXPECT_EQ(records[1].held_against, HeldAgainst::kRateLimit);
  EXPECT_EQ(records[1].reason.view(), "HTTP 429");
  EXPECT_EQ(records[2].status, 200);
  EXPECT_EQ(records[2].held_against, HeldAgainst::kNobodyItSucceeded);
  EXPECT_EQ(records[2].reason.view(), "");
}

TEST_F(AttemptLoopTest, TheClientsOwnMistakeIsRecordedAsItsOwn) {
  Run({Status(422)});
  ASSERT_EQ(records_.items().size(), 1U);
  EXPECT_EQ(records_.items()[0].held_against, HeldAgainst::kClient);
}

TEST_F(AttemptLoopTest, AttemptsAreRecordedWithTheirTimes) {
  Providers({Hangs(), Good()});
  Started run(loop_, attempts_->Run(plan_));
  loop_.Pass(absl::Seconds(30));
  run.Result();
  const std::span<const AttemptRecord> records = records_.items();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].began_at, request_.received_at);
  // The wheel notices a deadline at its next tick.
  const absl::Duration took = records[0].took;
  EXPECT_GE(took, absl::Seconds(30));
  EXPECT_LE(took, absl::Milliseconds(30'050));
  EXPECT_EQ(records[0].reason.view(), "timed out");
  EXPECT_EQ(records[1].began_at, request_.received_at + took);
}

TEST_F(AttemptLoopTest, WhoCouldNotBeAskedIsRecorded) {
  hand_.config().providers[0].max_concurrent = 1;
  Providers({Good()});
  const auto taken = TakePlace(0);
  loop_.Run(attempts_->Run(plan_));
  ASSERT_EQ(records_.items().size(), 2U);
  EXPECT_EQ(records_.items()[0].held_against, HeldAgainst::kNobody);
  EXPECT_THAT(std::string(records_.items()[0].reason.view()),
              HasSubstr("not asked"));
  EXPECT_EQ(records_.items()[1].provider, 1U);
}

}  // namespace
}  // namespace weir::dataplane
