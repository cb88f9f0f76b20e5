#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/journal.h"
#include "controlplane/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/store/store_place.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;

const absl::Time kTime =
    absl::FromUnixSeconds(1'700'000'000) + absl::Nanoseconds(123'456'789);

Alert SampleAlert(const std::string& subject) {
  return {.id = "target_down:" + subject,
          .kind = "target_down",
          .subject = subject,
          .summary = subject + " is down: it's \"so\"; DROP TABLE alerts",
          .severity = Severity::kCritical,
          .raised_at = kTime};
}

Event SampleEvent(std::uint64_t id) {
  return {id,
          kTime,
          "target_state",
          "relay/m",
          "relay/m is unhealthy",
          {"certificate ana", "admin"}};
}

class SqlJournalTest : public EveryStore {
 protected:
  Journal Load() {
    const absl::StatusOr<Journal> journal = store_->LoadJournal();
    EXPECT_THAT(journal, IsOk());
    return journal.value_or(Journal());
  }
};
INSTANTIATE_TEST_SUITE_P(Kinds, SqlJournalTest, EveryKind(), KindName);

TEST_P(SqlJournalTest, ANewOneIsEmpty) {
  const Journal journal = Load();
  EXPECT_EQ(journal.group_switch, std::nullopt);
  EXPECT_THAT(journal.alerts, IsEmpty());
  EXPECT_THAT(journal.events, IsEmpty());
}

TEST_P(SqlJournalTest, KeepsEverythingAcrossARestart) {
  JournalUpdate update;
  update.group_switch = StoredGroupSwitch{"direct", "by hand", true, kTime};
  update.alerts = {SampleAlert("a/m"), SampleAlert("b/m")};
  update.alerts->back().resolved_at = kTime + absl::Minutes(1);
  update.events = {SampleEvent(1), SampleEvent(2)};
  update.probe_spending = {{"a", 20'000, 7, 0.1}, {"b", 19'999, 1, 0}};
  update.messages = {{"pager", SampleAlert("b/m")},
                     {"chat", SampleAlert("a/m")}};
  update.messages->back().alert.resolved_at = kTime + absl::Minutes(1);
  update.rollout = StoredRollout{std::string("a\0b", 3), 7,
                                 std::string(32, '\xff'), "node a's: no"};
  ASSERT_THAT(store_->SaveJournal(update), IsOk());
  Reopen();
  const Journal journal = Load();
  EXPECT_EQ(journal.group_switch, update.group_switch);
  EXPECT_EQ(journal.alerts, *update.alerts);
  EXPECT_EQ(journal.events, update.events);
  EXPECT_EQ(journal.probe_spending, *update.probe_spending);
  EXPECT_EQ(journal.messages, *update.messages);
  EXPECT_EQ(journal.rollout, update.rollout);
}

TEST_P(SqlJournalTest, WhatAnUpdateLeavesOutStays) {
  JournalUpdate first;
  first.group_switch = StoredGroupSwitch{"direct", "", false, kTime};
  first.alerts = {SampleAlert("a/m")};
  first.events = {SampleEvent(1)};
  ASSERT_THAT(store_->SaveJournal(first), IsOk());
  ASSERT_THAT(store_->SaveJournal({}), IsOk());
  const Journal journal = Load();
  EXPECT_EQ(journal.group_switch, first.group_switch);
  EXPECT_EQ(journal.alerts, *first.alerts);
  EXPECT_EQ(journal.events, first.events);
}

TEST_P(SqlJournalTest, ALaterSwitchAndLaterAlertsReplaceTheOlder) {
  JournalUpdate update;
  update.group_switch = StoredGroupSwitch{"direct", "", false, kTime};
  update.alerts = {SampleAlert("a/m"), SampleAlert("b/m")};
  ASSERT_THAT(store_->SaveJournal(update), IsOk());
  update.group_switch->group = "relay";
  update.alerts = {SampleAlert("c/m")};
  ASSERT_THAT(store_->SaveJournal(update), IsOk());
  EXPECT_EQ(Load().group_switch->group, "relay");
  EXPECT_THAT(Load().alerts, ElementsAre(SampleAlert("c/m")));
}

TEST_P(SqlJournalTest, OldEventsAreForgotten) {
  JournalUpdate update;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    update.events.push_back(SampleEvent(id));
  }
  update.first_kept_event = 4;
  ASSERT_THAT(store_->SaveJournal(update), IsOk());
  EXPECT_THAT(Load().events, ElementsAre(SampleEvent(4), SampleEvent(5)));
}

TEST_P(SqlJournalTest, AnUpdateIsKeptWholeOrNotAtAll) {
  JournalUpdate update;
  update.group_switch = StoredGroupSwitch{"direct", "", false, kTime};
  update.alerts = {SampleAlert("a/m"), SampleAlert("a/m")};
  EXPECT_FALSE(store_->SaveJournal(update).ok());
  EXPECT_EQ(Load().group_switch, std::nullopt);
}

TEST_P(SqlJournalTest, AnEventThatWasKeptBeforeIsNoError) {
  // The answer to the commit was lost, so it comes again.
  JournalUpdate update;
  update.events = {SampleEvent(1)};
  ASSERT_THAT(store_->SaveJournal(update), IsOk());
  update.events.push_back(SampleEvent(2));
  EXPECT_THAT(store_->SaveJournal(update), IsOk());
  EXPECT_THAT(Load().events, ElementsAre(SampleEvent(1), SampleEvent(2)));
}

TEST_P(SqlJournalTest, TextThatIsNotUtf8KeepsNothingElseOut) {
  JournalUpdate update;
  update.events = {SampleEvent(1)};
  update.events[0].text = "said \xff";
  ASSERT_THAT(store_->SaveJournal(update), IsOk());
  EXPECT_THAT(Load().events, SizeIs(1));
}

TEST_P(SqlJournalTest, ADatabaseOfTheFirstSchemaGrows) {
  store_->LoadJournal().IgnoreError();  // Whatever connects when it is needed.
  store_.reset();
  place_.Execute(
      "DROP TABLE events; DROP TABLE alerts; DROP TABLE group_switches; "
      "DROP TABLE probe_spending; DROP TABLE webhook_messages; "
      "DROP TABLE usage_sums; DROP TABLE usage_series; "
      "DROP TABLE usage_sources; DROP TABLE own_prices; DROP TABLE lease; "
      "DROP TABLE rollout; "
      "DELETE FROM migrations WHERE version > 1");
  Reopen();
  EXPECT_THAT(Load().events, IsEmpty());
}

TEST_P(SqlJournalTest, OfOlderEventsNobodyKnowsWhoDidIt) {
  store_->LoadJournal().IgnoreError();
  store_.reset();
  place_.Execute(
      "DROP TABLE rollout; "
      "ALTER TABLE events DROP COLUMN actor; "
      "ALTER TABLE events DROP COLUMN actor_role; "
      "INSERT INTO events (id, happened_at, kind, subject, description) "
      "VALUES (1, '2026-01-01T00:00:00+00:00', 'config_changed', '', 'old'); "
      "DELETE FROM migrations WHERE version > 5");
  Reopen();
  const std::vector<Event> events = Load().events;
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].by, (Actor{"", ""}));
}

}  // namespace
}  // namespace weir::controlplane
