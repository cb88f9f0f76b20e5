#include "controlplane/rpc/limit_messages.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

TEST(LimitMessagesTest, EveryNumberFindsItsField) {
  const auto message = LimitsMessage({{.limit = "key/demo/rpm",
                                       .capacity = 600,
                                       .wanted = 900,
                                       .used = 500,
                                       .leased = 550,
                                       .holders = 3}},
                                     {});
  ASSERT_EQ(message.limits_size(), 1);
  const auto& limit = message.limits(0);
  EXPECT_EQ(limit.limit(), "key/demo/rpm");
  EXPECT_EQ(limit.capacity(), 600);
  EXPECT_EQ(limit.wanted(), 900);
  EXPECT_EQ(limit.used(), 500);
  EXPECT_EQ(limit.leased(), 550);
  EXPECT_EQ(limit.nodes(), 3U);
}

TEST(LimitMessagesTest, ABudgetWithoutAnEndHasNone) {
  BudgetStanding day;
  day.client_key = "demo";
  day.budget.set_usd(20);
  day.spent_usd = 1.5;
  day.until = absl::FromUnixSeconds(86'400);
  BudgetStanding total = day;
  total.until = absl::InfiniteFuture();
  const auto message = LimitsMessage({}, {day, total});
  ASSERT_EQ(message.budgets_size(), 2);
  EXPECT_EQ(message.budgets(0).budget().usd(), 20);
  EXPECT_EQ(message.budgets(0).spent_usd(), 1.5);
  EXPECT_EQ(message.budgets(0).until().seconds(), 86'400);
  EXPECT_FALSE(message.budgets(1).has_until());
}

}  // namespace
}  // namespace weir::controlplane
