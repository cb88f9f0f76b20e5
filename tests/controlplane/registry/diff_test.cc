#include "controlplane/registry/diff.h"

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/sample_resources.h"

namespace weir::controlplane {

// For GoogleTest's messages.
void PrintTo(const Change& change, std::ostream* out) {
  *out << change.resource << ' ' << change.name;
  for (const FieldChange& field : change.fields) {
    *out << "; " << field.path << ": '" << field.before << "' to '"
         << field.after << '\'';
  }
}

namespace {

using config::v1::Resources;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct UpdateCase {
  std::string name;
  std::function<void(Resources&)> edit;
  Change want;
};

class DiffUpdateTest : public ::testing::TestWithParam<UpdateCase> {};

TEST_P(DiffUpdateTest, NamesTheFieldAndBothValues) {
  Resources before = SampleResources();
  before.mutable_providers(0)
      ->mutable_health_check()
      ->mutable_interval()
      ->set_seconds(10);
  Resources after = before;
  GetParam().edit(after);
  EXPECT_THAT(Diff(before, after), ElementsAre(GetParam().want));
}

Change Updated(const char* resource, const char* name,
               std::vector<FieldChange> fields) {
  return {ChangeKind::kUpdated, resource, name, std::move(fields)};
}

INSTANTIATE_TEST_SUITE_P(
    Table, DiffUpdateTest,
    ::testing::ValuesIn<UpdateCase>({
        {"ANumber",
         [](Resources& r) { r.mutable_providers(0)->set_priority(7); },
         Updated("provider", "east", {{"priority", "", "7"}})},
        {"AnEnum",
         [](Resources& r) {
           r.mutable_providers(1)->set_mode(config::v1::MODE_DISABLED);
         },
         Updated("provider", "west", {{"mode", "", "disabled"}})},
        {"ANestedDuration",
         [](Resources& r) {
           r.mutable_providers(0)
               ->mutable_health_check()
               ->mutable_interval()
               ->set_seconds(90);
         },
         Updated("provider", "east",
                 {{"health_check.interval", "10s", "1m30s"}})},
        {"AnElementsField",
         [](Resources& r) {
           r.mutable_models(0)->mutable_targets(1)->set_weight(2);
         },
         Updated("model", "chat", {{"targets[1].weight", "", "2"}})},
        {"AnElementOfAList",
         [](Resources& r) { r.mutable_models(0)->add_aliases("talk"); },
         Updated("model", "chat", {{"aliases[0]", "", "talk"}})},
        {"ARemovedField",
         [](Resources& r) { r.mutable_providers(0)->clear_health_check(); },
         Updated("provider", "east", {{"health_check", "interval: 10s", ""}})},
        {"APresentZero",
         [](Resources& r) {
           r.mutable_models(0)->mutable_targets(0)->set_weight(0);
         },
         Updated("model", "chat", {{"targets[0].weight", "", "0"}})},
    }),
    [](const auto& test) { return test.param.name; });

TEST(DiffTest, NothingChanged) {
  EXPECT_THAT(Diff(SampleResources(), SampleResources()), IsEmpty());
}

TEST(DiffTest, AnotherOrderOfResourcesIsNoChange) {
  Resources after = SampleResources();
  after.mutable_providers()->SwapElements(0, 1);
  EXPECT_THAT(Diff(SampleResources(), after), IsEmpty());
}

TEST(DiffTest, CreatedAndRemovedByName) {
  Resources after = SampleResources();
  after.mutable_providers(0)->set_name("north");
  const std::vector<Change> changes = Diff(SampleResources(), after);
  ASSERT_EQ(changes.size(), 2);
  EXPECT_EQ(changes[0].kind, ChangeKind::kCreated);
  EXPECT_EQ(changes[0].name, "north");
  EXPECT_EQ(changes[0].fields[0], (FieldChange{"name", "", "north"}));
  EXPECT_EQ(changes[1], (Change{ChangeKind::kRemoved, "provider", "east", {}}));
}

TEST(DiffTest, AnElementThatIsGoneIsShownWhole) {
  Resources after = SampleResources();
  after.mutable_models(0)->mutable_targets()->RemoveLast();
  const std::vector<Change> changes = Diff(SampleResources(), after);
  ASSERT_EQ(changes.size(), 1);
  EXPECT_THAT(changes[0].fields,
              ElementsAre(Field(&FieldChange::path, "targets[1]")));
  EXPECT_THAT(changes[0].fields[0].before, HasSubstr("provider: west"));
  EXPECT_EQ(changes[0].fields[0].after, "");
}

TEST(DiffTest, ThePolicyIsCreatedUpdatedAndRemoved) {
  Resources without = SampleResources();
  Resources with = without;
  with.mutable_policy()->set_usable_score(40);
  Resources other = without;
  other.mutable_policy()->set_usable_score(60);
  const auto kind = [](const Resources& before, const Resources& after) {
    return Diff(before, after).at(0).kind;
  };
  EXPECT_EQ(kind(without, with), ChangeKind::kCreated);
  EXPECT_EQ(kind(with, other), ChangeKind::kUpdated);
  EXPECT_EQ(kind(with, without), ChangeKind::kRemoved);
}

TEST(DiffTest, APriceIsKnownByProviderModelAndTime) {
  Resources with;
  for (int i = 0; i < 3; ++i) with.add_prices()->set_model("m");
  with.mutable_prices(1)->set_provider("p");
  with.mutable_prices(1)->mutable_price()->set_input(1);
  with.mutable_prices(2)->mutable_effective_from()->set_seconds(86'400);
  Resources changed = with;
  changed.mutable_prices(1)->mutable_price()->set_input(2);
  EXPECT_THAT(
      Diff(with, changed),
      ElementsAre(Change{
          ChangeKind::kUpdated, "price", "p/m", {{"price.input", "1", "2"}}}));
  EXPECT_THAT(
      Diff(with, Resources()),
      ElementsAre(Field(&Change::name, "m"), Field(&Change::name, "p/m"),
                  Field(&Change::name, "m from 1970-01-02T00:00:00Z")));
}

TEST(DiffTest, TagsAreComparedAsAWhole) {
  Resources before;
  before.add_client_keys()->set_name("demo");
  (*before.mutable_client_keys(0)->mutable_tags())["env"] = "test";
  Resources after = before;
  EXPECT_THAT(Diff(before, after), IsEmpty());
  (*after.mutable_client_keys(0)->mutable_tags())["env"] = "prod";
  EXPECT_THAT(Diff(before, after),
              ElementsAre(Change{ChangeKind::kUpdated,
                                 "client_key",
                                 "demo",
                                 {{"tags", "env: test", "env: prod"}}}));
}

TEST(DiffTest, WebhooksAreResourcesToo) {
  Resources with = SampleResources();
  with.add_webhooks()->set_name("ops");
  with.mutable_webhooks(0)->mutable_token()->set_env("OPS_TOKEN");
  EXPECT_THAT(Diff(SampleResources(), with),
              ElementsAre(Field(&Change::resource, "webhook")));
  EXPECT_THAT(Diff(with, SampleResources()),
              ElementsAre(Change{ChangeKind::kRemoved, "webhook", "ops", {}}));
}

}  // namespace
}  // namespace weir::controlplane
