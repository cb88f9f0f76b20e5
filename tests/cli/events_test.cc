#include <cstdint>
#include <string>

#include "cli/exit_code.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class EventsTest : public ServedTest {
 protected:
  EventsTest() {
    admin::Event& event = *admin_.events_answer.add_events();
    event.mutable_time()->set_seconds(1'700'000'000);
    event.set_kind("group_switched");
    event.set_subject("direct");
    event.set_text("traffic moved to group direct: by hand");
    event.set_actor("token ci");
    event.set_role("operator");
  }
};

TEST_F(EventsTest, SaysWhatHappenedWhen) {
  EXPECT_EQ(Weirctl({"events"}).out,
            "TIME                     KIND            SUBJECT  BY              "
            "     EVENT\n"
            "2023-11-14 22:13:20 UTC  group_switched  direct   token ci "
            "(operator)  traffic moved to group direct: by hand\n");
  ASSERT_THAT(admin_.event_requests, SizeIs(1));
  EXPECT_EQ(admin_.event_requests[0].limit(), 100);
}

TEST_F(EventsTest, TheLimitIsTheServers) {
  Weirctl({"events", "--limit", "7"});
  ASSERT_THAT(admin_.event_requests, SizeIs(1));
  EXPECT_EQ(admin_.event_requests[0].limit(), 7);
}

TEST_F(EventsTest, ALimitOfNothingIsAWrongCommandLine) {
  EXPECT_EQ(Weirctl({"events", "--limit", "0"}).exit_code, kUsage);
  EXPECT_EQ(Weirctl({"events", "--limit", "1001"}).exit_code, kUsage);
}

TEST_F(EventsTest, YamlIsTheAnswer) {
  EXPECT_THAT(Weirctl({"events", "-o", "yaml"}).out,
              HasSubstr("kind: group_switched"));
}

TEST_F(EventsTest, AWatchShowsEachEventOnceTheOldestFirst) {
  const auto add = [](std::uint64_t id, admin::WatchEventsResponse& response) {
    admin::Event& event = *response.add_events();
    event.set_id(id);
    event.set_kind("target_state");
    event.set_text("event " + std::to_string(id));
    // Of one that an older version stored nobody knows.
    if (id != 9) event.set_actor("weir");
    event.mutable_time()->set_seconds(1'700'000'000);
  };
  admin::WatchEventsResponse first;
  add(8, first);
  add(7, first);
  admin::WatchEventsResponse second;
  add(9, second);
  add(8, second);
  admin_.watched_events = {first, second};
  const Outcome outcome = Weirctl({"events", "--watch"});
  EXPECT_EQ(outcome.exit_code, kUnreachable);
  EXPECT_EQ(outcome.out,
            "2023-11-14 22:13:20 UTC  target_state  weir  event 7\n"
            "2023-11-14 22:13:20 UTC  target_state  weir  event 8\n"
            "2023-11-14 22:13:20 UTC  target_state  -  event 9\n");
  EXPECT_THAT(outcome.err, HasSubstr("ended the watch"));
}

TEST_F(EventsTest, AWatchSaysWhenItMissedSome) {
  for (const std::uint64_t id : {1, 5}) {
    admin_.watched_events.emplace_back().add_events()->set_id(id);
  }
  EXPECT_THAT(Weirctl({"events", "--watch"}).err,
              HasSubstr("more happened in between"));
}

}  // namespace
}  // namespace weir::cli
