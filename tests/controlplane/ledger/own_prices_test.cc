#include "controlplane/ledger/own_prices.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/usage_samples.h"

namespace weir::controlplane {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNoonOfPrice = Midnight(3, 1) + absl::Hours(12);

class OwnPricesTest : public ::testing::Test {
 protected:
  config::v1::Target& AddTarget(const std::string& model_name) {
    config::v1::Model* model = nullptr;
    for (config::v1::Model& known : *resources_.mutable_models()) {
      if (known.name() == model_name) model = &known;
    }
    if (model == nullptr) {
      model = resources_.add_models();
      model->set_name(model_name);
    }
    config::v1::Target& target = *model->add_targets();
    target.set_provider("relay");
    target.set_model("m");
    return target;
  }
  std::vector<StoredPrice> Follow(absl::Time now) {
    std::vector<StoredPrice> changes = prices_.Follow(resources_, now);
    stored_.insert(stored_.end(), changes.begin(), changes.end());
    return changes;
  }
  // The price of input at a time.
  static std::optional<double> InputAt(const OwnPrices& prices,
                                       const std::string& model,
                                       absl::Time time) {
    const auto price = prices.For(model, "relay", "m").At(time);
    if (!price.has_value()) return std::nullopt;
    return price->input;
  }
  std::optional<double> InputAt(const std::string& model, absl::Time time) {
    return InputAt(prices_, model, time);
  }

  config::v1::Resources resources_;
  OwnPrices prices_;
  std::vector<StoredPrice> stored_;
};

TEST_F(OwnPricesTest, WhatIsSeenFirstHoldsSinceEver) {
  AddTarget("a").mutable_price()->set_input(2);
  EXPECT_THAT(Follow(kNoonOfPrice), SizeIs(2))
      << "of the model, and of any model";
  EXPECT_EQ(InputAt("a", absl::UnixEpoch()), 2);
  EXPECT_EQ(InputAt("a", kNoonOfPrice), 2);
}

TEST_F(OwnPricesTest, AChangeHoldsFromItsMinuteOnAndNotBefore) {
  config::v1::Target& target = AddTarget("a");
  target.mutable_price()->set_input(2);
  Follow(kNoonOfPrice);
  EXPECT_THAT(Follow(kNoonOfPrice + absl::Hours(1)), IsEmpty())
      << "nothing changed";
  target.mutable_price()->set_input(3);
  Follow(kNoonOfPrice + absl::Hours(1) + absl::Seconds(30));
  EXPECT_EQ(InputAt("a", kNoonOfPrice + absl::Minutes(59)), 2);
  EXPECT_EQ(InputAt("a", kNoonOfPrice + absl::Hours(1)), 3);
}

TEST_F(OwnPricesTest, APriceThatIsAddedLaterIsUnknownBefore) {
  config::v1::Target& target = AddTarget("a");
  Follow(kNoonOfPrice);
  target.mutable_price()->set_input(3);
  Follow(kNoonOfPrice + absl::Hours(1));
  EXPECT_EQ(InputAt("a", kNoonOfPrice), std::nullopt);
  EXPECT_EQ(InputAt("a", kNoonOfPrice + absl::Hours(1)), 3);
  target.clear_price();
  Follow(kNoonOfPrice + absl::Hours(2));
  EXPECT_EQ(InputAt("a", kNoonOfPrice + absl::Hours(1)), 3);
  EXPECT_EQ(InputAt("a", kNoonOfPrice + absl::Hours(2)), std::nullopt);
}

TEST_F(OwnPricesTest, TheLastWordOfAMinuteIsTheMinutes) {
  config::v1::Target& target = AddTarget("a");
  target.mutable_price()->set_input(1);
  Follow(kNoonOfPrice);
  for (const double input : {2.0, 3.0}) {
    target.mutable_price()->set_input(input);
    Follow(kNoonOfPrice + absl::Hours(1));
  }
  EXPECT_EQ(InputAt("a", kNoonOfPrice + absl::Hours(1)), 3);
  EXPECT_EQ(InputAt("a", kNoonOfPrice), 1);
}

TEST_F(OwnPricesTest, AnotherModelsAnswerHasTheTargetsPrice) {
  AddTarget("a").mutable_price()->set_input(2);
  AddTarget("b").mutable_price()->set_input(5);
  Follow(kNoonOfPrice);
  EXPECT_EQ(InputAt("a", kNoonOfPrice), 2);
  EXPECT_EQ(InputAt("b", kNoonOfPrice), 5);
  EXPECT_EQ(InputAt("falls back to it", kNoonOfPrice), 2);
  EXPECT_EQ(InputAt("", kNoonOfPrice), 2) << "the provider was addressed";
}

TEST_F(OwnPricesTest, ATargetThatWentKeepsItsPrice) {
  AddTarget("a").mutable_price()->set_input(2);
  Follow(kNoonOfPrice);
  resources_.clear_models();
  EXPECT_THAT(Follow(kNoonOfPrice + absl::Hours(1)), IsEmpty());
  EXPECT_EQ(InputAt("a", kNoonOfPrice), 2);
}

TEST_F(OwnPricesTest, AClockThatWentBackPutsNothingOutOfOrder) {
  config::v1::Target& target = AddTarget("a");
  Follow(kNoonOfPrice);
  target.mutable_price()->set_input(2);
  Follow(kNoonOfPrice);
  target.mutable_price()->set_input(3);
  Follow(kNoonOfPrice - absl::Hours(1));
  EXPECT_EQ(InputAt("a", kNoonOfPrice - absl::Minutes(1)), std::nullopt);
  EXPECT_EQ(InputAt("a", kNoonOfPrice), 3);
}

TEST_F(OwnPricesTest, WhatWasStoredIsWhereItGoesOn) {
  config::v1::Target& target = AddTarget("a");
  target.mutable_price()->set_input(2);
  Follow(kNoonOfPrice);
  target.mutable_price()->set_input(3);
  Follow(kNoonOfPrice + absl::Hours(1));
  OwnPrices again(stored_);
  EXPECT_EQ(InputAt(again, "a", kNoonOfPrice), 2);
  EXPECT_EQ(InputAt(again, "a", kNoonOfPrice + absl::Hours(1)), 3);
  EXPECT_THAT(again.Follow(resources_, kNoonOfPrice + absl::Hours(2)),
              IsEmpty());
}

}  // namespace
}  // namespace weir::controlplane
