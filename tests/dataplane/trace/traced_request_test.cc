#include "dataplane/trace/traced_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/plan/plan_record.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

class TracedAttemptsTest : public ::testing::Test {
 protected:
  TracedAttemptsTest() { routing_.AddModel("m", {{"p"}}); }

  static AttemptRecord Record(std::uint64_t span) {
    AttemptRecord record{};
    record.span = span;
    record.began_at = absl::FromUnixSeconds(5);
    record.took = absl::Seconds(1);
    record.status = 503;
    record.held_against = HeldAgainst::kEndpoint;
    record.reason.Set("HTTP 503");
    return record;
  }

  testing::SmallRouting routing_;
};

TEST_F(TracedAttemptsTest, HaveNamesForIndexes) {
  AttemptRecords records;
  records.Add(Record(7));
  const auto attempts = TracedAttemptsOf(records, *routing_.config);
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0].span, 7U);
  EXPECT_EQ(attempts[0].began_at, absl::FromUnixSeconds(5));
  EXPECT_EQ(attempts[0].took, absl::Seconds(1));
  EXPECT_EQ(attempts[0].provider, "p");
  EXPECT_EQ(attempts[0].upstream_model, "up-m");
  EXPECT_EQ(attempts[0].host, "p.example");
  EXPECT_EQ(attempts[0].port, 80);
  EXPECT_EQ(attempts[0].dialect, &dialect::OpenAi());
  EXPECT_EQ(attempts[0].status, 503);
  EXPECT_EQ(attempts[0].held_against, HeldAgainst::kEndpoint);
  EXPECT_EQ(attempts[0].reason, "HTTP 503");
}

TEST_F(TracedAttemptsTest, WhoWasNotAskedIsNoAttempt) {
  AttemptRecords records;
  records.Add(Record(0));
  records.Add(Record(7));
  EXPECT_EQ(TracedAttemptsOf(records, *routing_.config).size(), 1U);
}

TEST_F(TracedAttemptsTest, AProviderThatWasAddressedItselfHasNoModel) {
  AttemptRecord record = Record(7);
  record.target = kNoTarget;
  AttemptRecords records;
  records.Add(record);
  EXPECT_EQ(TracedAttemptsOf(records, *routing_.config)[0].upstream_model, "");
}

// OTLP's strings are UTF-8, which the middle of a character is not.
TEST_F(TracedAttemptsTest, ReasonsAreText) {
  AttemptRecord record = Record(7);
  record.reason.Set("broken \xc3");
  AttemptRecords records;
  records.Add(record);
  EXPECT_EQ(TracedAttemptsOf(records, *routing_.config)[0].reason, "broken ?");
}

}  // namespace
}  // namespace weir::dataplane
