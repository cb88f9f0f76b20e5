#include "dataplane/decision/packed_decision.h"

#include <string>

#include "absl/time/time.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/decision/decision.h"
#include "dataplane/plan/plan_record.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000);

Decision Sample() {
  Decision decision;
  DecisionFacts& facts = decision.facts;
  facts = {};
  facts.request_id.Set("req_1");
  facts.received_at = kNow;
  facts.ended_at = kNow + absl::Seconds(1);
  facts.config = 3;
  facts.model = 7;
  facts.draw = 0.25;
  facts.status = 502;
  facts.error_code.Set("provider_failed");
  decision.plan.Clear();
  decision.plan.Add({1, 2, 0.5F, 0.8F, 0, 4, Exclusion::kNone});
  decision.plan.Add({5, 6, 0.5F, 1, 3, 0, Exclusion::kBreakerOpen});
  AttemptRecord attempt{};
  attempt.provider = 1;
  attempt.target = 2;
  attempt.reason.Set("HTTP 500");
  decision.attempts.Clear();
  decision.attempts.Add(attempt);
  return decision;
}

std::string Packed(const Decision& decision) {
  std::string packed(PackedSize(decision), '\0');
  Pack(decision, packed.data());
  return packed;
}

TEST(PackedDecisionTest, ComesBackAsItWas) {
  Decision back;
  Unpack(Packed(Sample()), back);
  EXPECT_EQ(back.facts.request_id.view(), "req_1");
  EXPECT_EQ(back.facts.received_at, kNow);
  EXPECT_EQ(back.facts.config, 3U);
  EXPECT_EQ(back.facts.model, 7U);
  EXPECT_EQ(back.facts.draw, 0.25);
  EXPECT_EQ(back.facts.error_code.view(), "provider_failed");
  ASSERT_EQ(back.plan.items().size(), 2U);
  EXPECT_EQ(back.plan.items()[0].target, 2U);
  EXPECT_EQ(back.plan.items()[0].local_factor, 0.8F);
  EXPECT_EQ(back.plan.items()[1].exclusion, Exclusion::kBreakerOpen);
  ASSERT_EQ(back.attempts.items().size(), 1U);
  EXPECT_EQ(back.attempts.items()[0].reason.view(), "HTTP 500");
}

TEST(PackedDecisionTest, TheFactsCanBeHadAlone) {
  EXPECT_EQ(UnpackFacts(Packed(Sample())).request_id.view(), "req_1");
}

TEST(PackedDecisionTest, TakesTheRoomOfWhatIsThere) {
  Decision decision = Sample();
  EXPECT_LE(PackedSize(decision), 512U);
  const std::size_t before = PackedSize(decision);
  decision.attempts.Add(decision.attempts.items()[0]);
  EXPECT_EQ(PackedSize(decision), before + sizeof(AttemptRecord));
}

}  // namespace
}  // namespace weir::dataplane
