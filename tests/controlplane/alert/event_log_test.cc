#include "controlplane/alert/event_log.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::uint64_t> Ids(const std::vector<Event>& events) {
  std::vector<std::uint64_t> ids;
  for (const Event& event : events) ids.push_back(event.id);
  return ids;
}

class EventLogTest : public ::testing::Test {
 protected:
  void Add(int count) {
    for (int i = 0; i < count; ++i) log_.Add(kTime, "kind", "subject", "text");
  }

  const absl::Time kTime = absl::FromUnixSeconds(1'700'000'000);
  EventLog log_;
};

TEST_F(EventLogTest, BeginsEmptyAtOne) {
  EXPECT_THAT(log_.Latest(10), IsEmpty());
  EXPECT_EQ(log_.first_id(), 1);
}

TEST_F(EventLogTest, TheNewestComeFirstAndTheLimitHolds) {
  Add(3);
  EXPECT_THAT(Ids(log_.Latest(2)), ElementsAre(3, 2));
  EXPECT_THAT(Ids(log_.Latest(10)), ElementsAre(3, 2, 1));
  EXPECT_EQ(log_.Latest(1)[0], (Event{3, kTime, "kind", "subject", "text"}));
}

TEST_F(EventLogTest, AfterGivesTheRestInOrder) {
  Add(4);
  EXPECT_THAT(Ids(log_.After(2)), ElementsAre(3, 4));
  EXPECT_THAT(log_.After(4), IsEmpty());
}

TEST_F(EventLogTest, GoesOnWhereAnEarlierLifeEnded) {
  log_.Restore(
      {{41, kTime, "kind", "", "old"}, {42, kTime, "kind", "", "old"}});
  Add(1);
  EXPECT_THAT(Ids(log_.Latest(10)), ElementsAre(43, 42, 41));
  EXPECT_EQ(log_.first_id(), 41);
}

TEST_F(EventLogTest, TheOldestMakeRoom) {
  Add(static_cast<int>(EventLog::kKept) + 2);
  EXPECT_THAT(log_.Latest(EventLog::kKept * 2), SizeIs(EventLog::kKept));
  EXPECT_EQ(log_.first_id(), 3);
}

}  // namespace
}  // namespace weir::controlplane
