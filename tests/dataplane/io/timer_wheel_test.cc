#include "dataplane/io/timer_wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane::io {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestLoop;

class TimerWheelTest : public ::testing::Test {
 protected:
  // A deadline that writes its name down.
  struct Named {
    Named(TimerWheelTest& test, std::string its_name)
        : name(std::move(its_name)),
          expired(test.expired_),
          timer(
              test.loop_.wheel,
              [](void* self) {
                auto* named = static_cast<Named*>(self);
                named->expired.push_back(named->name);
              },
              this) {}

    const std::string name;
    std::vector<std::string>& expired;
    TimerWheel::Timer timer;
  };

  absl::Time In(absl::Duration wait) { return loop_.clock.Now() + wait; }

  TestLoop loop_;
  std::vector<std::string> expired_;
};

TEST_F(TimerWheelTest, ADeadlineSetBeforeTimeHasMovedExpires) {
  Named a(*this, "a");
  a.timer.Set(loop_.clock.Now());
  loop_.Pass(absl::Milliseconds(25));
  EXPECT_THAT(expired_, ElementsAre("a"));
}

TEST_F(TimerWheelTest, NothingExpiresEarlyAndOnlyOnce) {
  Named a(*this, "a");
  a.timer.Set(In(absl::Seconds(1)));
  loop_.Pass(absl::Milliseconds(974));
  EXPECT_THAT(expired_, IsEmpty());
  loop_.Pass(absl::Milliseconds(26));
  EXPECT_THAT(expired_, ElementsAre("a"));
  loop_.Pass(absl::Seconds(60));
  EXPECT_THAT(expired_, ElementsAre("a"));
}

TEST_F(TimerWheelTest, DeadlinesExpireInOrderOverSeveralTurnsOfTheWheel) {
  Named late(*this, "80s");
  Named soon(*this, "1s");
  Named middle(*this, "26s");
  late.timer.Set(In(absl::Seconds(80)));
  soon.timer.Set(In(absl::Seconds(1)));
  middle.timer.Set(In(absl::Seconds(26)));
  loop_.Pass(absl::Seconds(79));
  EXPECT_THAT(expired_, ElementsAre("1s", "26s"));
  loop_.Pass(absl::Seconds(1));
  EXPECT_THAT(expired_, ElementsAre("1s", "26s", "80s"));
}

TEST_F(TimerWheelTest, TheLastWordOnADeadlineCounts) {
  Named later(*this, "later");
  Named sooner(*this, "sooner");
  Named never(*this, "never");
  later.timer.Set(In(absl::Seconds(1)));
  later.timer.Set(In(absl::Seconds(10)));
  sooner.timer.Set(In(absl::Seconds(10)));
  sooner.timer.Set(In(absl::Seconds(1)));
  never.timer.Set(In(absl::Seconds(1)));
  never.timer.Cancel();
  loop_.Pass(absl::Seconds(2));
  EXPECT_THAT(expired_, ElementsAre("sooner"));
  loop_.Pass(absl::Seconds(8));
  EXPECT_THAT(expired_, ElementsAre("sooner", "later"));
}

TEST_F(TimerWheelTest, AWheelThatStoodEmptyForLongGoesOn) {
  loop_.clock.Advance(absl::Hours(30));
  Named a(*this, "a");
  a.timer.Set(In(absl::Seconds(3)));
  loop_.Pass(absl::Seconds(2));
  EXPECT_THAT(expired_, IsEmpty());
  loop_.Pass(absl::Seconds(1));
  EXPECT_THAT(expired_, ElementsAre("a"));
}

TEST_F(TimerWheelTest, AnExpiryMayDestroyAnotherThatIsDueWithIt) {
  struct Killer {
    explicit Killer(TimerWheel& wheel)
        : timer(
              wheel,
              [](void* self) { static_cast<Killer*>(self)->victim.reset(); },
              this) {}
    TimerWheel::Timer timer;
    std::unique_ptr<Named> victim;
  };
  Killer killer(loop_.wheel);
  killer.victim = std::make_unique<Named>(*this, "victim");
  // What was linked last is looked at first.
  killer.victim->timer.Set(In(absl::Seconds(1)));
  killer.timer.Set(In(absl::Seconds(1)));
  loop_.Pass(absl::Seconds(1));
  EXPECT_THAT(expired_, IsEmpty());
}

TEST_F(TimerWheelTest, AnExpiryMaySetItselfAgain) {
  struct Metronome {
    explicit Metronome(TestLoop& its_loop)
        : loop(its_loop),
          timer(
              its_loop.wheel,
              [](void* self) { static_cast<Metronome*>(self)->Beat(); }, this) {
    }
    void Beat() {
      ++beats;
      timer.Set(loop.clock.Now() + absl::Seconds(1));
    }
    TestLoop& loop;
    TimerWheel::Timer timer;
    int beats = 0;
  };
  Metronome metronome(loop_);
  metronome.Beat();
  loop_.Pass(absl::Seconds(1));
  loop_.Pass(absl::Seconds(1));
  loop_.Pass(absl::Seconds(1));
  EXPECT_EQ(metronome.beats, 4);
}

TEST_F(TimerWheelTest, AStoppedWheelLetsTheLoopEnd) {
  Named a(*this, "a");
  a.timer.Set(In(absl::Seconds(1)));
  loop_.wheel.Stop();
  loop_.clock.Advance(absl::Seconds(2));
  loop_.work.reset();
  loop_.context.run();
  EXPECT_THAT(expired_, IsEmpty());
}

}  // namespace
}  // namespace weir::dataplane::io
