#include "cli/cost/priced_model.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::cost {
namespace {

using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'000);

// `fast` has a target of its own price, one of the list's and one of none; the
// list has a change to come.
config::v1::Resources Sample() {
  config::v1::Resources resources;
  config::v1::Model& model = *resources.add_models();
  model.set_name("fast");
  model.add_aliases("quick");
  for (const char* provider : {"unpriced", "listed", "own"}) {
    config::v1::Target& target = *model.add_targets();
    target.set_provider(provider);
    target.set_model("fast-1");
  }
  model.mutable_targets(2)->mutable_price()->set_input(3);
  for (const int from : {1, 2000}) {
    config::v1::DatedPrice& entry = *resources.add_prices();
    entry.set_provider("listed");
    entry.set_model("fast-1");
    entry.mutable_effective_from()->set_seconds(from);
    entry.mutable_price()->set_input(from);
  }
  config::v1::DatedPrice& other = *resources.add_prices();
  other.set_model("other");
  other.mutable_price()->set_input(7);
  return resources;
}

TEST(PricedModelsTest, EachIsThereOnceWithThePriceOfNow) {
  std::vector<std::string> names;
  for (const PricedModel& priced : PricedModels(Sample(), kNow)) {
    names.push_back(priced.provider + "/" + priced.model + " " +
                    std::to_string(static_cast<int>(priced.price.input)));
  }
  EXPECT_THAT(names,
              ElementsAre("listed/fast-1 1", "own/fast-1 3", "/other 7"));
}

TEST(FindPriceTest, AModelHasThatOfItsFirstTargetWithOne) {
  const auto find = [](const char* provider, const char* model,
                       absl::Time now) -> std::optional<double> {
    const auto price = FindPrice(Sample(), provider, model, now);
    if (!price.has_value()) return std::nullopt;
    return price->input;
  };
  EXPECT_EQ(find("", "fast", kNow), 1);
  EXPECT_EQ(find("", "quick", kNow), 1);
  EXPECT_EQ(find("own", "fast", kNow), 3);
  EXPECT_EQ(find("", "fast-1", kNow), 1) << "by the provider's own name";
  EXPECT_EQ(find("", "fast", absl::FromUnixSeconds(2000)), 2000);
  EXPECT_EQ(find("", "fast", absl::UnixEpoch()), 3);
  EXPECT_EQ(find("any", "other", kNow), 7);
  EXPECT_EQ(find("unpriced", "fast", kNow), std::nullopt);
  EXPECT_EQ(find("", "unheard of", kNow), std::nullopt);
}

}  // namespace
}  // namespace weir::cost
