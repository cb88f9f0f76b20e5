#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const absl::Time kToldAt = absl::FromUnixSeconds(1000);

// By name.
std::vector<std::string> NamesOf(const std::vector<TargetLive*>& targets) {
  std::vector<std::string> names;
  for (const TargetLive* const target : targets) {
    names.push_back(target->id.value);
  }
  return names;
}

class ChangedTargetsTest : public ::testing::Test {
 protected:
  ChangedTargetsTest() {
    routing_.AddModel("m", {{"a"}, {"b"}});
    view_ = live_.Align(*routing_.config);
  }

  // What is told at `after` kToldAt.
  std::vector<TargetChange> Take(absl::Duration after = absl::ZeroDuration()) {
    std::vector<TargetChange> changes;
    for (TargetLive* const target : live_.TakeChanged()) {
      changes.push_back(LiveState::ChangeOf(*target, kToldAt + after));
    }
    return changes;
  }

  testing::SmallRouting routing_;
  LiveState live_;
  std::shared_ptr<const LiveState::View> view_;
};

TEST_F(ChangedTargetsTest, AreThoseThatHadAnAttempt) {
  EXPECT_THAT(Take(), SizeIs(0));
  TargetLive& b = *view_->targets[1];
  b.NoteChange();
  b.NoteChange();
  b.counters.attempts.successes = 2;
  const std::vector<TargetChange> changes = Take();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].id, MakeTargetId("b", "up-m"));
  EXPECT_EQ(changes[0].counters.attempts.successes, 2U);
  EXPECT_THAT(Take(), SizeIs(0)) << "it is told once";
}

TEST_F(ChangedTargetsTest, AnAttemptThatIsMadeWhileTheyAreToldIsNotLost) {
  TargetLive& a = *view_->targets[0];
  a.NoteChange();
  const std::vector<TargetLive*> taken = live_.TakeChanged();
  // Of this one the copy that is made below knows.
  a.NoteChange();
  EXPECT_THAT(NamesOf(live_.TakeChanged()), SizeIs(0));
  LiveState::ChangeOf(*taken.at(0), kToldAt);
  a.NoteChange();
  EXPECT_THAT(NamesOf(live_.TakeChanged()), ElementsAre("a/up-m"));
}

TEST_F(ChangedTargetsTest, AreToldUntilTheyAreAtRest) {
  TargetLive& a = *view_->targets[0];
  a.NoteChange();
  a.counters.in_flight = 1;
  EXPECT_THAT(Take(), SizeIs(1));
  EXPECT_THAT(Take(), SizeIs(1)) << "the attempt goes on";
  a.counters.in_flight = 0;
  a.ChangeEvidence().headroom.OnTold(0.5, absl::Seconds(10), kToldAt);
  EXPECT_THAT(Take(), SizeIs(1)) << "it has headroom";
  a.ChangeEvidence().limits[0].paused_until = kToldAt + absl::Seconds(20);
  EXPECT_THAT(Take(absl::Seconds(11)), SizeIs(1)) << "it is paused";
  for (int i = 0; i < 5; ++i) {
    a.ChangeEvidence().breaker.OnFailure(Breaker::Kind::kAnswer, kToldAt);
  }
  EXPECT_THAT(Take(absl::Seconds(21)), SizeIs(1)) << "its breaker is open";
  a.ChangeEvidence().breaker.OnSuccess();
  EXPECT_THAT(Take(absl::Seconds(22)), SizeIs(1)) << "it is closed";
  EXPECT_THAT(Take(absl::Seconds(23)), SizeIs(0));
}

TEST_F(ChangedTargetsTest, AProviderThatIsAddressedIsOneOfThem) {
  view_->providers[0]->direct.NoteChange();
  EXPECT_THAT(NamesOf(live_.TakeChanged()), ElementsAre("a/"));
}

}  // namespace
}  // namespace weir::dataplane
