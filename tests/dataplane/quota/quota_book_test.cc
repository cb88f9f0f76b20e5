#include "dataplane/quota/quota_book.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace weir::dataplane {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class QuotaBookTest : public ::testing::Test {
 protected:
  QuotaBookTest() {
    config_->clients.emplace_back().name = ClientKeyId{"demo"};
    config_->clients[0].max_rpm = 600;
    config_->providers.emplace_back().name = "p";
    config_->providers[0].max_tpm = 6000;
    config_->targets.emplace_back().upstream_model = "m";
    config_->targets[0].max_rpm = 60;
    config_->model_by_name.emplace("small", 3);
    config_->model_by_name.emplace("large", 5);
    view_ = book_.Align(config_);
  }

  testing::FakeClock clock_;
  QuotaBook book_{clock_};
  std::shared_ptr<RoutingConfig> config_ = std::make_shared<RoutingConfig>();
  std::shared_ptr<const QuotaView> view_;
};

TEST_F(QuotaBookTest, ThereAreLimitsWhereTheyAreConfigured) {
  EXPECT_EQ(view_->clients[0].requests->id(), "key/demo/rpm");
  EXPECT_EQ(view_->clients[0].tokens, nullptr);
  EXPECT_EQ(view_->clients[0].concurrent, nullptr);
  EXPECT_EQ(view_->providers[0].requests, nullptr);
  EXPECT_EQ(view_->providers[0].tokens->id(), "provider/p/tpm");
  EXPECT_EQ(view_->targets[0].requests->id(), "target/p/m/rpm");
  EXPECT_THAT(book_.Status(), SizeIs(3));
}

TEST_F(QuotaBookTest, ProvidersAndTargetsHavePlaces) {
  auto next = std::make_shared<RoutingConfig>(*config_);
  next->providers[0].max_concurrent = 8;
  next->targets[0].max_concurrent = 4;
  const auto view = book_.Align(next);
  EXPECT_EQ(view->providers[0].concurrent->id(), "provider/p/concurrent");
  EXPECT_EQ(view->targets[0].concurrent->id(), "target/p/m/concurrent");
  // They are never asked for, however few they are.
  book_.OnWord({absl::Seconds(10), 16, {}, {}});
  EXPECT_EQ(view->targets[0].concurrent->share(), 1);
  EXPECT_FALSE(view->targets[0].concurrent->Take(1, clock_.Now()).has_value());
  EXPECT_TRUE(view->targets[0].concurrent->Take(1, clock_.Now()).has_value());
  EXPECT_FALSE(view->targets[0].concurrent->MayAsk(clock_.Now()));
}

TEST_F(QuotaBookTest, OfASmallLimitEachRequestIsAskedFor) {
  book_.OnWord({absl::Seconds(10), 200, {}, {}});
  Limit& limit = *view_->clients[0].requests;
  EXPECT_TRUE(limit.MayAsk(clock_.Now())) << "600 < 6 * 200";
  limit.Take(1, clock_.Now());
  limit.Ask();
  const std::vector<QuotaDemand> demands = book_.Demands();
  ASSERT_THAT(demands, SizeIs(1));
  EXPECT_EQ(demands[0].asked, 1);
  EXPECT_EQ(demands[0].waiting, 1);
  EXPECT_EQ(demands[0].granted, 0);
  EXPECT_NEAR(demands[0].share, 3, 1e-6);
  // Fewer nodes, and it is a limit like others.
  book_.OnWord({absl::Seconds(10), 3, {{"key/demo/rpm", 500}}, {}});
  EXPECT_FALSE(limit.MayAsk(clock_.Now()));
  EXPECT_TRUE(limit.IsAnswered(1));
}

TEST_F(QuotaBookTest, ALimitOutlivesItsConfiguration) {
  while (!view_->clients[0].requests->Take(1, clock_.Now()).has_value()) {
  }
  auto next = std::make_shared<RoutingConfig>(*config_);
  next->clients[0].max_rpm = 1200;
  const auto view = book_.Align(next);
  EXPECT_EQ(view->clients[0].requests, view_->clients[0].requests);
  EXPECT_EQ(view->clients[0].requests->capacity(), 1200);
  EXPECT_TRUE(view->clients[0].requests->Take(1, clock_.Now()).has_value());
}

TEST_F(QuotaBookTest, WhatIsGoneIsForgotten) {
  auto next = std::make_shared<RoutingConfig>();
  book_.Align(next);
  EXPECT_THAT(book_.Status(), IsEmpty());
}

TEST_F(QuotaBookTest, TheWordIsForAllLimitsAndForThoseToCome) {
  book_.OnWord({absl::Seconds(10), 3, {{"key/demo/rpm", 500}}, {}});
  EXPECT_NEAR(view_->clients[0].requests->share(), 500, 1e-6);
  EXPECT_NEAR(view_->targets[0].requests->share(), 20, 1e-6);
  auto next = std::make_shared<RoutingConfig>(*config_);
  next->providers[0].max_rpm = 30;
  EXPECT_NEAR(book_.Align(next)->providers[0].requests->share(), 10, 1e-6);
}

TEST_F(QuotaBookTest, LeasesEndWithTheirTime) {
  book_.OnWord({absl::Seconds(10), 3, {{"key/demo/rpm", 50}}, {}});
  clock_.Advance(absl::Seconds(10));
  book_.Tick();
  EXPECT_NEAR(view_->clients[0].requests->share(), 200, 1e-6);
}

TEST_F(QuotaBookTest, SpentBudgetsMakeAnotherView) {
  EXPECT_FALSE(book_.OnWord({absl::Seconds(10), 1, {}, {}}));
  const absl::Time until = absl::FromUnixSeconds(1'700'000'000);
  const QuotaWord word{absl::Seconds(10),
                       1,
                       {},
                       {{"demo", until, "small"},
                        {"demo", until, "", {{"large", "small"}, {"x", "y"}}},
                        {"gone", until, ""}}};
  EXPECT_TRUE(book_.OnWord(word));
  EXPECT_FALSE(book_.OnWord(word));
  const auto view = book_.Align(config_);
  const std::vector<SpentBudget>& spent = view->clients[0].spent;
  ASSERT_THAT(spent, SizeIs(2));
  EXPECT_EQ(spent[0].until, until);
  EXPECT_EQ(spent[0].FallbackOf(0), 3);
  EXPECT_EQ(spent[1].FallbackOf(5), 3) << "large is served by small";
  EXPECT_EQ(spent[1].FallbackOf(0), std::nullopt);
  EXPECT_THAT(spent[1].fallback_by_model, SizeIs(1)) << "others are gone";
  EXPECT_TRUE(book_.OnWord({absl::Seconds(10), 1, {}, {}}));
  EXPECT_THAT(book_.Align(config_)->clients[0].spent, IsEmpty());
}

TEST_F(QuotaBookTest, DemandIsReportedWhileThereIsAny) {
  EXPECT_THAT(book_.Demands(), IsEmpty());
  view_->clients[0].requests->Take(1, clock_.Now());
  ASSERT_THAT(book_.Demands(), SizeIs(1));
  clock_.Advance(QuotaBook::kIdle);
  EXPECT_THAT(book_.Demands(), SizeIs(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(book_.Demands(), IsEmpty());
}

}  // namespace
}  // namespace weir::dataplane
