#include "dataplane/quota/supply.h"

#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "common/limit_id.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const absl::Time kSupplyNow = absl::FromUnixSeconds(1'000'000);

// A provider with two targets.
class SupplyTest : public ::testing::Test {
 protected:
  SupplyTest() {
    view_.providers.resize(1);
    view_.targets.resize(2);
  }

  static std::shared_ptr<Limit> Of(LimitKind kind, std::uint64_t capacity) {
    return std::make_shared<Limit>("provider/p/x", kind, capacity, kSupplyNow);
  }
  std::optional<SupplyPlace> Take(std::uint32_t target) {
    return SupplyPlace::Take(view_, {0, target}, kSupplyNow);
  }

  QuotaView view_;
};

TEST_F(SupplyTest, WithoutLimitsThereIsAlwaysRoom) {
  EXPECT_TRUE(HasRoom(view_, {0, 0}, kSupplyNow));
  EXPECT_TRUE(Take(0).has_value());
  EXPECT_FALSE(TakeNews(view_, {0, 0}));
}

TEST_F(SupplyTest, APlaceIsHeldUntilItsEnd) {
  view_.providers[0].concurrent = Of(LimitKind::kConcurrent, 1);
  std::optional<SupplyPlace> place = Take(0);
  ASSERT_TRUE(place.has_value());
  EXPECT_FALSE(HasRoom(view_, {0, 1}, kSupplyNow));
  EXPECT_FALSE(Take(1).has_value()) << "the provider's, whichever target";
  SupplyPlace moved = *std::move(place);
  place.reset();
  EXPECT_FALSE(Take(1).has_value());
  moved = SupplyPlace();
  EXPECT_TRUE(Take(1).has_value());
}

TEST_F(SupplyTest, ATargetsPlacesAreItsOwn) {
  view_.targets[0].concurrent = Of(LimitKind::kConcurrent, 1);
  const std::optional<SupplyPlace> place = Take(0);
  EXPECT_FALSE(Take(0).has_value());
  EXPECT_TRUE(Take(1).has_value());
  // Who addresses the provider goes to no target.
  EXPECT_TRUE(
      SupplyPlace::Take(view_, {0, std::nullopt}, kSupplyNow).has_value());
}

// Whatever refuses, nothing else is used up by it.
TEST_F(SupplyTest, AllOrNothing) {
  view_.providers[0] = {Of(LimitKind::kRequests, 60), nullptr,
                        Of(LimitKind::kConcurrent, 9)};
  view_.targets[0] = {Of(LimitKind::kRequests, 60), nullptr, nullptr};
  view_.targets[1] = {nullptr, nullptr, Of(LimitKind::kConcurrent, 1)};
  const std::optional<SupplyPlace> other = Take(1);
  ASSERT_TRUE(other.has_value());
  EXPECT_FALSE(Take(1).has_value());
  EXPECT_EQ(view_.providers[0].concurrent->held(), 1);
  EXPECT_FALSE(Take(0).has_value()) << "one a second was all there was";
  EXPECT_EQ(view_.providers[0].concurrent->held(), 1);
  EXPECT_EQ(view_.targets[0].requests->wanted(), 0);
}

TEST_F(SupplyTest, TokensInDebtLetNobodyThrough) {
  view_.targets[0].tokens = Of(LimitKind::kTokens, 60);
  EXPECT_TRUE(Take(0).has_value());
  view_.targets[0].tokens->Settle(100, kSupplyNow);
  EXPECT_FALSE(Take(0).has_value());
  EXPECT_TRUE(Take(1).has_value());
}

TEST_F(SupplyTest, ALimitThatNobodyLeasedIsNewsOnce) {
  view_.targets[0].concurrent = Of(LimitKind::kConcurrent, 1);
  EXPECT_TRUE(TakeNews(view_, {0, 0}));
  EXPECT_FALSE(TakeNews(view_, {0, 0}));
  EXPECT_FALSE(TakeNews(view_, {0, 1}));
}

}  // namespace
}  // namespace weir::dataplane
