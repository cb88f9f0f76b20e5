// What a plan says of itself.
#include "dataplane/plan/plan_record.h"

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/plan/plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/plan/plan_fixture.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// `provider share*factor rank` of those planned with, `provider: reason` of the
// others.
std::string Line(const ConsideredTarget& considered,
                 const testing::SmallRouting& routing) {
  const std::string& name = routing.config->providers[considered.provider].name;
  std::ostringstream line;
  line << name;
  if (considered.exclusion == Exclusion::kNone) {
    line << ' ' << considered.share << '*' << considered.local_factor << ' '
         << considered.rank;
  } else {
    line << ": " << static_cast<int>(considered.exclusion) << " for "
         << considered.seconds_left;
  }
  return line.str();
}

TEST_F(PlanTest, EveryTargetThatWasLookedAtIsRecorded) {
  Model({{"a", 0.25, 2}, {"b", 0.5, 0}, {"c", 0.25, 1}, {"d"}, {"e"}, {"f"}});
  Fallback("second", {{"g", 1}});
  evidence(1).local_weight.OnRefused(now_);
  Open(2);
  evidence(3).limits[0].paused_until = now_ + absl::Seconds(30);
  routing_.weights->share[4].forbidden = true;
  view_->providers[5]->credentials[0].OnRefused("HTTP 401", now_);
  PlanRecord record;
  record.Clear();
  MakePlan(request_, *view_, now_, 0.9, &record);
  std::vector<std::string> lines;
  for (const ConsideredTarget& considered : record.items()) {
    lines.push_back(Line(considered, routing_));
  }
  const auto number = [](Exclusion why) {
    return std::to_string(static_cast<int>(why));
  };
  EXPECT_THAT(
      lines,
      ElementsAre("c: " + number(Exclusion::kBreakerOpen) + " for 30",
                  "d: " + number(Exclusion::kPaused) + " for 30",
                  "e: " + number(Exclusion::kForbidden) + " for 0",
                  "f: " + number(Exclusion::kCredentialBenched) + " for 10",
                  "b 0.5*0.8 0", "a 0.25*1 2", "g 1*1 0"));
}

TEST_F(PlanTest, ADirectRequestsProviderIsRecorded) {
  Model({{"a"}, {"b"}});
  request_.model = std::nullopt;
  request_.provider = 1;
  PlanRecord record;
  record.Clear();
  MakePlan(request_, *view_, now_, 0.5, &record);
  ASSERT_THAT(record.items(), SizeIs(1));
  EXPECT_EQ(record.items()[0].target, kNoTarget);
  EXPECT_EQ(Line(record.items()[0], routing_), "b 1*1 0");
}

}  // namespace
}  // namespace weir::dataplane
