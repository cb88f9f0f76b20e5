#include "cli/loadtest/load_target.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::loadtest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StatusIs;

constexpr char kResources[] = R"(
providers:
- {name: p1, dialect: openai, base_url: "http://127.0.0.1:1/v1"}
- {name: p2, dialect: openai, base_url: "http://127.0.0.1:2/v1"}
- {name: off, dialect: openai, base_url: "http://127.0.0.1:3/v1", mode: disabled}
models:
- name: m
  aliases: [other]
  targets:
  - {provider: p1, price: {input: 1, output: 4}}
  - {provider: p2}
  - {provider: p1, model: big, price: {input: 2, output: 3}}
  - {provider: off, price: {output: 1}}
- name: idle
  targets: [{provider: p2, mode: draining}]
)";

config::v1::Resources LoadResources() {
  auto file = config::ParseResourceFile(kResources, "test");
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? file->resources : config::v1::Resources();
}

std::vector<std::string> ProvidersFor(const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  const auto found =
      FindTargets(LoadResources(), "m", wanted, absl::UnixEpoch());
  EXPECT_TRUE(found.ok()) << found.status();
  if (!found.ok()) return names;
  for (const LoadTarget& target : found->targets) {
    names.push_back(target.provider);
  }
  return names;
}

TEST(LoadTargetTest, AllAreThoseThatAreSwitchedOn) {
  EXPECT_THAT(ProvidersFor({"all"}), ElementsAre("p1", "p2"));
}

TEST(LoadTargetTest, WhoIsNamedIsAskedInAnyCase) {
  EXPECT_THAT(ProvidersFor({"off", "p1"}), ElementsAre("p1", "off"));
}

TEST(LoadTargetTest, AnAliasIsTheModel) {
  const auto found =
      FindTargets(LoadResources(), "other", {"all"}, absl::UnixEpoch());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->model, "m");
}

TEST(LoadTargetTest, TheDearestOfAProvidersTargetsIsItsPrice) {
  const auto found =
      FindTargets(LoadResources(), "m", {"all"}, absl::UnixEpoch());
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_TRUE(found->targets[0].price.has_value());
  EXPECT_EQ(found->targets[0].price->input, 2);
  EXPECT_EQ(found->targets[0].price->output, 4);
  EXPECT_EQ(found->targets[1].price, std::nullopt);
}

TEST(LoadTargetTest, WhatIsNotThereIsNamed) {
  EXPECT_THAT(
      FindTargets(LoadResources(), "none", {"all"}, absl::UnixEpoch()).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("these there are: m, idle")));
  EXPECT_THAT(
      FindTargets(LoadResources(), "m", {"p3"}, absl::UnixEpoch()).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("no target at \"p3\"; it has them at p1, p2, off")));
  EXPECT_THAT(
      FindTargets(LoadResources(), "idle", {"all"}, absl::UnixEpoch()).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("switched off")));
}

// 936 bytes and the envelope are 1000 tokens.
TEST(WorstCostTest, EveryByteIsATokenAtTheDearestRate) {
  EXPECT_DOUBLE_EQ(WorstCost(936, 500, {.input = 2, .output = 8}),
                   (1000 * 2 + 500 * 8) / 1e6);
  EXPECT_DOUBLE_EQ(
      WorstCost(936, 0, {.input = 2, .cache_write_1h = 4, .request = 0.5}),
      1000 * 4 / 1e6 + 0.5);
}

}  // namespace
}  // namespace weir::loadtest
