#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

// A sample with most fields.
constexpr char kSample[] = R"(providers:
  - name: relay-sg
    dialect: openai
    base_url: https://relay.example/v1
    credentials: [{env: RELAY_KEY}, {file: /var/run/secrets/weir/relay-backup}]   # the first is primary, the rest take over
    region: sg
    group: relay                # emergency group
    priority: 100               # higher is preferred
    health_check: {kind: chat, model: deepseek-v3.2, interval: 10s, timeout: 5s, unhealthy_after: 3, healthy_after: 5}
    timeouts: {connect: 2s, fast: 5s, normal: 15s, complex: 45s, stream_idle: 60s}
    limits: {max_rpm: 1000, max_tpm: 2000000, max_concurrent: 200}
models:
  - name: gpt-4.1
    aliases: [gpt-4]
    strategy: weighted
    targets:
      - {provider: relay-sg, model: gpt-4.1, weight: 3, max_latency: 3s, price: {input: 2.40, cached_input: 0.60, output: 8.00}}
    fallback: [claude-sonnet-4.5, gemini-2.5-flash, deepseek-v3.2]
)";

std::string ErrorOf(const std::string& text) {
  const auto file = ParseResourceFile(text, "f.yaml");
  EXPECT_THAT(file, StatusIs(absl::StatusCode::kInvalidArgument));
  return std::string(file.status().message());
}

TEST(ParseResourceFileTest, ReadsASampleOfMostFields) {
  const auto file = ParseResourceFile(kSample, "weir.yaml");
  ASSERT_THAT(file, IsOk());
  const v1::Provider& provider = file->resources.providers(0);
  EXPECT_EQ(provider.name(), "relay-sg");
  EXPECT_EQ(provider.dialect(), v1::DIALECT_OPENAI);
  EXPECT_EQ(provider.credentials(0).env(), "RELAY_KEY");
  EXPECT_EQ(provider.credentials(1).file(),
            "/var/run/secrets/weir/relay-backup");
  EXPECT_EQ(provider.priority(), 100);
  EXPECT_EQ(provider.health_check().kind(), v1::PROBE_KIND_CHAT);
  EXPECT_EQ(EffectiveTimeouts(provider).complex, absl::Seconds(45));
  EXPECT_EQ(provider.limits().max_tpm(), 2000000);
  const v1::Model& model = file->resources.models(0);
  EXPECT_THAT(model.aliases(), ElementsAre("gpt-4"));
  EXPECT_EQ(model.strategy(), v1::STRATEGY_WEIGHTED);
  EXPECT_EQ(model.targets(0).weight(), 3);
  EXPECT_EQ(model.targets(0).price().cached_input(), 0.6);
  EXPECT_THAT(
      model.fallback(),
      ElementsAre("claude-sonnet-4.5", "gemini-2.5-flash", "deepseek-v3.2"));
}

TEST(ParseResourceFileTest, KnowsWhereEachFieldStands) {
  const auto file = ParseResourceFile(kSample, "weir.yaml");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->lines.Find("providers[0].base_url"), 4);
  EXPECT_EQ(file->lines.Find("providers[0].timeouts.stream_idle"), 10);
  EXPECT_EQ(file->lines.Find("models[0].targets[0].price.input"), 17);
  EXPECT_EQ(file->lines.Find("models[0].fallback[2]"), 18);
}

TEST(ParseResourceFileTest, SaysWhichSectionsTheFileHas) {
  const auto file = ParseResourceFile("models: []\nclient_keys:\n", "f.yaml");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->sections, ElementsAre("models", "client_keys"));
}

TEST(ParseResourceFileTest, AnEmptyFileIsEmptyResources) {
  for (const char* text : {"", "\n", "# nothing yet\n", "---\n", "{}"}) {
    const auto file = ParseResourceFile(text, "f.yaml");
    ASSERT_THAT(file, IsOk()) << text;
    EXPECT_EQ(file->resources.ByteSizeLong(), 0);
    EXPECT_THAT(file->sections, IsEmpty());
  }
}

TEST(ParseResourceFileTest, FindsAllProblemsAtOnce) {
  EXPECT_EQ(ErrorOf("providers:\n"
                    "  - nam: a\n"
                    "    dialect: opnai\n"
                    "    priority: high\n"
                    "modles: []\n"),
            "f.yaml:2: providers[0].nam: is not a field that weir knows; "
            "did you mean \"name\"?\n"
            "f.yaml:3: providers[0].dialect: is not known: \"opnai\"; "
            "did you mean \"openai\"?\n"
            "f.yaml:4: providers[0].priority: is not a whole number: "
            "\"high\"; write one like 10 or -10\n"
            "f.yaml:5: modles: is not a field that weir knows; "
            "did you mean \"models\"?");
}

TEST(ParseResourceTest, ReadsOneResource) {
  v1::Provider provider;
  ASSERT_THAT(ParseResource("name: a\nlimits: {}\n", "p.yaml", provider),
              IsOk());
  EXPECT_EQ(provider.name(), "a");
  EXPECT_TRUE(provider.has_limits());
}

TEST(ParseResourceTest, ForgetsWhatTheMessageHeld) {
  v1::Provider provider;
  provider.set_region("old");
  ASSERT_THAT(ParseResource("name: a", "p.yaml", provider), IsOk());
  EXPECT_EQ(provider.region(), "");
}

TEST(ParseResourceTest, JsonIsYamlToo) {
  v1::Provider provider;
  ASSERT_THAT(ParseResource(R"({"name": "a", "dialect": "DIALECT_OPENAI",
                                "mode": "MODE_UNSPECIFIED",
                                "limits": {"max_rpm": "1000"},
                                "timeouts": {"fast": "0.250s"}})",
                            "p.json", provider),
              IsOk());
  EXPECT_EQ(provider.dialect(), v1::DIALECT_OPENAI);
  EXPECT_EQ(provider.mode(), v1::MODE_UNSPECIFIED);
  EXPECT_EQ(provider.limits().max_rpm(), 1000);
  EXPECT_EQ(EffectiveTimeouts(provider).fast, absl::Milliseconds(250));
}

struct ValueCase {
  std::string name;
  std::string text;
  // Empty: the text is fine.
  std::string problem;
};

class ProviderTextTest : public ::testing::TestWithParam<ValueCase> {};

TEST_P(ProviderTextTest, FollowsTheTable) {
  v1::Provider provider;
  const absl::Status status = ParseResource(GetParam().text, "f", provider);
  EXPECT_EQ(std::string(status.message()), GetParam().problem);
  EXPECT_EQ(status.ok(), GetParam().problem.empty());
}

INSTANTIATE_TEST_SUITE_P(Fine, ProviderTextTest,
                         ::testing::ValuesIn<ValueCase>({
                             {"NumberAsText", "region: 12", ""},
                             {"QuotedNull", "region: 'null'", ""},
                             {"EmptyValue", "region:\ntimeouts: ~", ""},
                             {"NegativeWholeNumber", "priority: -5", ""},
                             {"WindowsLines", "name: a\r\nregion: b\r\n", ""},
                             {"Alias", "timeouts: {fast: &t 5s, normal: *t}",
                              ""},
                             {"ZeroDuration", "timeouts: {fast: 0}", ""},
                             {"ExplicitStandardTag", "region: !!str 5", ""},
                         }),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WrongValue, ProviderTextTest,
    ::testing::ValuesIn<ValueCase>({
        {"Fraction", "priority: 1.5",
         "f:1: priority: is not a whole number: \"1.5\"; write one like 10 or "
         "-10"},
        {"TooLarge", "priority: 2147483648",
         "f:1: priority: is too large: \"2147483648\"; write a number from "
         "-2147483648 to 2147483647"},
        {"NegativeCount", "limits: {max_rpm: -1}",
         "f:1: limits.max_rpm: is not a whole number: \"-1\"; write one like "
         "10, 0 or more"},
        {"Octal", "priority: 010",
         "f:1: priority: is not a plain number: \"010\"; leave out the zeros "
         "in front"},
        {"NoUnit", "timeouts: {fast: 10}",
         "f:1: timeouts.fast: is not a duration: \"10\"; write it with units: "
         "10s, 1m30s, 250ms"},
        {"Endless", "timeouts: {fast: inf}",
         "f:1: timeouts.fast: is not a duration: \"inf\"; write it with units: "
         "10s, 1m30s, 250ms"},
        {"EnumInAnotherCase", "dialect: OpenAI",
         "f:1: dialect: is not known: \"OpenAI\"; did you mean \"openai\"?"},
        {"EnumUnknown", "dialect: cohere",
         "f:1: dialect: is not known: \"cohere\"; known values: openai, "
         "anthropic, gemini"},
        {"ListForValue", "name: [a]",
         "f:1: name: is a list where a single value belongs; write one value"},
        {"MappingForValue", "name: {a: b}",
         "f:1: name: is a mapping where a single value belongs; write one "
         "value"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    WrongShape, ProviderTextTest,
    ::testing::ValuesIn<ValueCase>({
        {"ValueForList", "credentials: KEY",
         "f:1: credentials: is a single value where a list belongs; begin each "
         "item with `- `, or write [one, two]"},
        {"MappingForList", "credentials: {env: KEY}",
         "f:1: credentials: is a mapping where a list belongs; begin each item "
         "with `- `, or write [one, two]"},
        {"ValueForFields", "tls: yes",
         "f:1: tls: is a single value where fields belong; write fields as "
         "`name: value`; known fields: ca_file, server_name"},
        {"EmptyItem", "credentials:\n  -\n",
         "f:1: credentials[0]: is empty; write the item, or remove the dash"},
        {"BothSources", "credentials:\n- env: A\n  file: /a\n",
         "f:3: credentials[0].file: stands beside env, which excludes it; keep "
         "one of the two"},
        {"Twice", "name: a\nregion: b\nname: a\n",
         "f:3: name: stands twice, first on line 1; keep one of the two"},
        {"FieldNameIsAList", "[a, b]: c",
         "f:1: has a list as the name of a field; write the name of a field"},
        {"TopLevelList", "- name: a",
         "f:1: is a list where fields belong; write fields as `name: value`; "
         "known fields: name, dialect, base_url, credentials, region, group, "
         "priority, health_check, timeouts, limits, tls, forward_proxy, ..."},
        {"MergeKey", "timeouts: &t {fast: 1s}\n<<: *t\n",
         "f:2: <<: is not a field that weir knows; known fields: name, "
         "dialect, base_url, credentials, region, group, priority, "
         "health_check, timeouts, limits, tls, forward_proxy, ..."},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ParseResourceTest, ADayBeginsAtMidnightUtc) {
  v1::DatedPrice price;
  ASSERT_THAT(ParseResource("effective_from: 2026-03-01", "f.yaml", price),
              IsOk());
  EXPECT_EQ(ToTime(price.effective_from()),
            absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone()));
  EXPECT_THAT(ParseResource("effective_from: 2026-03-41", "f.yaml", price),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseResourceTest, AMapIsAMapping) {
  v1::ClientKey key;
  ASSERT_THAT(
      ParseResource("tags:\n  env: prod\n  cost center: \"7\"\n  none:\n",
                    "f.yaml", key),
      IsOk());
  ASSERT_EQ(key.tags_size(), 2);
  EXPECT_EQ(key.tags().at("env"), "prod");
  EXPECT_EQ(key.tags().at("cost center"), "7");
  EXPECT_EQ(ToYaml(key), "tags:\n  \"cost center\": \"7\"\n  env: prod\n");
}

TEST(ParseResourceFileTest, WhatIsNoMapOfValuesIsRefused) {
  EXPECT_EQ(ErrorOf("client_keys:\n- tags: [a]\n"),
            "f.yaml:2: client_keys[0].tags: is a list where a mapping "
            "belongs; write entries as `name: value`");
  EXPECT_EQ(ErrorOf("client_keys:\n- tags:\n    a: [b]\n    a: c\n"),
            "f.yaml:4: client_keys[0].tags.a: is a list where a single value "
            "belongs; write one value\n"
            "f.yaml:4: client_keys[0].tags.a: stands twice, first on line 3; "
            "keep one of the two");
}

TEST(ParseResourceTest, NumbersAreFinite) {
  for (const char* weight : {".nan", ".inf", "nan", "inf", "1e999", "1_000"}) {
    v1::Target target;
    EXPECT_THAT(ParseResource(std::string("weight: ") + weight, "f", target),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << weight;
  }
}

TEST(ParseResourceTest, ALongValueIsQuotedByItsBeginning) {
  v1::Provider provider;
  const auto status =
      ParseResource("priority: " + std::string(100'000, 'x'), "f", provider);
  EXPECT_LT(status.message().size(), 300);
}

}  // namespace
}  // namespace weir::config
