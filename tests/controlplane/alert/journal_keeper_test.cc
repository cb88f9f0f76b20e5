#include "controlplane/alert/journal_keeper.h"

#include <google/protobuf/text_format.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;

constexpr char kTwoGroups[] = R"pb(
  providers { name: "a" base_url: "http://a.test/v1" group: "relay" }
  providers { name: "b" base_url: "http://b.test/v1" group: "direct" }
  models {
    name: "m"
    targets { provider: "a" }
    targets { provider: "b" }
  }
  policy { group_order: "relay" group_order: "direct" }
)pb";

// One life of a control plane, on a store that outlives it.
struct Life {
  Life(const Clock& clock, Store& store)
      : scoreboard(clock),
        watch(clock, events, absl::Seconds(10), [](const Alert&) {}),
        providers(clock),
        deliveries(clock, random, nullptr),
        rollout(publisher, nodes, {}, clock),
        keeper(store,
               {scoreboard, providers, watch, events, deliveries, rollout}) {
    EXPECT_THAT(keeper.Load(), IsOk());
    config::v1::Resources resources;
    google::protobuf::TextFormat::ParseFromString(kTwoGroups, &resources);
    scoreboard.SetResources(
        std::make_shared<const config::v1::Resources>(resources), {});
    watch.Look(scoreboard.View());
  }

  Scoreboard scoreboard;
  EventLog events;
  AlertWatch watch;
  ProviderBoard providers;
  testing::FakeRandom random;
  WebhookDelivery deliveries;
  NodeList nodes;
  Publisher publisher{
      1,
      {[](Lane) { return std::nullopt; },
       [](Lane, const Version&, std::string_view) { return std::string(); }}};
  Rollout rollout;
  JournalKeeper keeper;
};

class JournalKeeperTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_;
  FakeStore store_;
};

TEST_F(JournalKeeperTest, ANextLifeKnowsWhatTheLastOneDid) {
  Life first(clock_, store_);
  ASSERT_THAT(first.scoreboard.SwitchGroup("direct", "a test"), IsOk());
  first.watch.Look(first.scoreboard.View());
  first.keeper.Save();

  clock_.Advance(absl::Hours(1));
  Life second(clock_, store_);
  EXPECT_EQ(second.scoreboard.View()->last_switch,
            first.scoreboard.View()->last_switch);
  EXPECT_TRUE(second.scoreboard.View()->groups.at(1).active);
  EXPECT_EQ(second.watch.Alerts(), first.watch.Alerts());
  EXPECT_THAT(second.watch.RaisedCounts(), IsEmpty()) << "it was told already";
  EXPECT_EQ(second.events.Latest(100), first.events.Latest(100));
}

TEST_F(JournalKeeperTest, NothingNewIsNotWritten) {
  Life life(clock_, store_);
  store_.FailWith(absl::UnavailableError("disk full"));
  life.keeper.Save();
  EXPECT_EQ(life.keeper.errors(), 0);
}

TEST_F(JournalKeeperTest, WhatTheStoreCouldNotTakeIsWrittenLater) {
  Life life(clock_, store_);
  ASSERT_THAT(life.scoreboard.SwitchGroup("direct", ""), IsOk());
  life.watch.Look(life.scoreboard.View());
  store_.FailWith(absl::UnavailableError("disk full"));
  life.keeper.Save();
  life.keeper.Save();
  EXPECT_EQ(life.keeper.errors(), 2);
  EXPECT_THAT(store_.LoadJournal()->events, IsEmpty());

  store_.FailWith(absl::OkStatus());
  life.keeper.Save();
  life.keeper.Save();
  const Journal journal = *store_.LoadJournal();
  EXPECT_EQ(journal.group_switch->group, "direct");
  EXPECT_TRUE(journal.group_switch->by_operator);
  EXPECT_THAT(journal.events, SizeIs(2)) << "each once";
  EXPECT_THAT(journal.alerts, SizeIs(1));
}

TEST_F(JournalKeeperTest, UnsentMessagesAreThereAgain) {
  JournalUpdate update;
  update.messages = {{"pager", Alert{.id = "all_down:m"}}};
  ASSERT_THAT(store_.SaveJournal(update), IsOk());
  Life life(clock_, store_);
  EXPECT_EQ(life.deliveries.Waiting(), *update.messages);
  life.keeper.Save();
  EXPECT_EQ(store_.LoadJournal()->messages, *update.messages);
}

TEST_F(JournalKeeperTest, TheLastGoodConfigurationIsThereAgain) {
  Life first(clock_, store_);
  config::v1::Resources resources;
  google::protobuf::TextFormat::ParseFromString(kTwoGroups, &resources);
  const std::string content = first.rollout.Consider(
      {3, std::make_shared<const config::v1::Resources>(resources)});
  first.keeper.Save();
  EXPECT_EQ(store_.LoadJournal()->rollout->standing_revision, 3U);
  Life second(clock_, store_);
  EXPECT_EQ(second.rollout.Stored()->standing, content);
}

TEST_F(JournalKeeperTest, TodaysSpendingIsWrittenOnceAMinuteAndAtTheEnd) {
  Life life(clock_, store_);
  life.providers.OnProbe("a", 0.5);
  for (int second = 1; second < 60; ++second) life.keeper.Save();
  EXPECT_THAT(store_.LoadJournal()->probe_spending, IsEmpty());
  life.keeper.Save();
  ASSERT_THAT(store_.LoadJournal()->probe_spending, SizeIs(1));
  life.providers.OnProbe("a", 0.25);
  life.keeper.Save(JournalKeeper::Occasion::kEnd);
  EXPECT_EQ(store_.LoadJournal()->probe_spending[0].cost_usd, 0.75);
  EXPECT_EQ(store_.LoadJournal()->probe_spending[0].probes, 2u);
  Life next(clock_, store_);
  EXPECT_EQ(next.providers.SpentToday().at("a").cost_usd, 0.75);
}

}  // namespace
}  // namespace weir::controlplane
