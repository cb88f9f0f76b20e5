#include "tests/simprovider/settings_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"

namespace weir::simprovider {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using weir::testing::FakeRandom;
using weir::testing::StatusIs;

Settings Merge(std::string_view patch, const Settings& current = {}) {
  return *MergeSettings(current, {}, patch);
}

TEST(MergeSettingsTest, WhatIsAbsentStays) {
  const Settings first = Merge(R"({"latency":"20ms","tokens":3})");
  const Settings second = Merge(R"({"tokens":4})", first);
  EXPECT_EQ(second.latency.text(), "20ms");
  EXPECT_EQ(second.tokens, 4);
}

TEST(MergeSettingsTest, AFaultIsReplacedWhole) {
  const Settings first =
      Merge(R"({"status":{"code":503,"probability":0.5,"path":"/a"}})");
  const Settings second = Merge(R"({"status":{"code":429}})", first);
  EXPECT_EQ(second.status->code, 429);
  EXPECT_EQ(second.status->match.probability, 1.0);
  EXPECT_EQ(second.status->match.path, "");
}

TEST(MergeSettingsTest, NullTakesASettingBack) {
  const Settings first =
      Merge(R"({"status":{"code":503},"api_key":"k","tokens_per_second":5})");
  const Settings second = Merge(
      R"({"status":null,"api_key":null,"tokens_per_second":null})", first);
  EXPECT_FALSE(second.status.has_value());
  EXPECT_FALSE(second.api_key.has_value());
  EXPECT_FALSE(second.tokens_per_second.has_value());
}

TEST(MergeSettingsTest, ResetGoesBackToTheBeginningFirst) {
  Settings initial;
  initial.tokens = 5;
  const Settings current = Merge(R"({"tokens":9,"hang":{}})");
  const auto reset =
      MergeSettings(current, initial, R"({"latency":"1ms","reset":true})");
  ASSERT_TRUE(reset.ok());
  EXPECT_EQ(reset->tokens, 5);
  EXPECT_FALSE(reset->hang.has_value());
  EXPECT_EQ(reset->latency.text(), "1ms");
}

TEST(MergeSettingsTest, ReadsEveryField) {
  const Settings s = Merge(R"({
    "models":["a","b"],"idle_close":"5s",
    "rate_limit":{"requests":2,"window":"10s"},
    "status":{"code":500,"headers":{"retry-after":"7"},"body":{"x":1}},
    "reset_connection":{"after_bytes":10,"model":"m"},
    "truncate":{"after_bytes":1,"after_events":2,"end":"abrupt"},
    "garbage":{"kind":"large_head","bytes":9},
    "stream_error":{"after_events":3,"body":{"error":{}}},
    "comments":{"lines":4,"interval":"1s","count":2}})");
  EXPECT_THAT(s.models, ElementsAre("a", "b"));
  EXPECT_EQ(s.idle_close, absl::Seconds(5));
  EXPECT_EQ(s.rate_limit->requests, 2);
  EXPECT_EQ(s.rate_limit->window, absl::Seconds(10));
  EXPECT_THAT(s.status->headers, ElementsAre(Pair("retry-after", "7")));
  EXPECT_EQ(s.status->body, R"({"x":1})");
  EXPECT_EQ(s.reset_connection->after_bytes, 10U);
  EXPECT_EQ(s.reset_connection->match.model, "m");
  EXPECT_EQ(s.truncate->after_bytes, 1U);
  EXPECT_EQ(s.truncate->after_events, 2U);
  EXPECT_EQ(s.truncate->end, TruncateFault::End::kAbrupt);
  EXPECT_EQ(s.garbage->kind, GarbageFault::Kind::kLargeHead);
  EXPECT_EQ(s.garbage->bytes, 9U);
  EXPECT_EQ(s.stream_error->after_events, 3U);
  EXPECT_EQ(s.stream_error->body, R"({"error":{}})");
  EXPECT_EQ(s.comments->lines, 4);
  EXPECT_EQ(s.comments->interval, absl::Seconds(1));
  EXPECT_EQ(s.comments->match.remaining->load(), 2);
}

TEST(MergeSettingsTest, WhatIsWrittenIsRead) {
  const std::string text =
      R"({"latency":"uniform:1ms-2ms","tokens_per_second":12.5,"tokens":7,)"
      R"("tool_calls":2,"call_order":"interleaved",)"
      R"("failure_form":"response.failed","cached_tokens":9,)"
      R"("models":["a\"b"],"api_key":"k","idle_close":"1m30s",)"
      R"("rate_limit":{"requests":3,"window":"1m"},)"
      R"("status":{"code":429,"headers":{"a":"b"},"body":"x",)"
      R"("probability":0.25,"path":"/v1/*","model":"m","count":4},)"
      R"("hang":{"after_bytes":5},"reset_connection":{"after_bytes":0},)"
      R"("truncate":{"after_events":1,"end":"clean"},)"
      R"("garbage":{"kind":"two_answers","bytes":1048576},)"
      R"("stream_error":{"after_events":2,"body":{"e":1}},)"
      R"("comments":{"lines":2,"interval":"250ms"}})";
  EXPECT_EQ(SettingsToJson(Merge(text)), text);
  const std::string nothing = SettingsToJson(Settings());
  EXPECT_EQ(SettingsToJson(Merge(nothing)), nothing);
}

TEST(MergeSettingsTest, EveryKindOfGarbageHasItsName) {
  for (const char* kind : {"not_http", "two_lengths", "two_content_lengths",
                           "bad_chunk", "large_head", "two_answers"}) {
    const std::string patch =
        std::string(R"({"garbage":{"kind":")") + kind + "\"}}";
    EXPECT_THAT(SettingsToJson(Merge(patch)),
                HasSubstr(std::string("\"kind\":\"") + kind + "\""));
  }
}

struct RefusalCase {
  std::string name;
  std::string patch;
  std::string names;  // What the message must say.
};

class RefusalTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(RefusalTest, NamesTheField) {
  EXPECT_THAT(MergeSettings({}, {}, GetParam().patch),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(GetParam().names)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusalTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoJson", "{", "not valid JSON"},
        {"NoObject", "[]", "must be a JSON object"},
        {"Unknown", R"({"latenzy":"1s"})", "unknown field 'latenzy'"},
        {"UnknownInside", R"({"status":{"cod":1}})",
         "field 'status': unknown field 'cod'"},
        {"Code", R"({"status":{"code":99}})",
         "field 'status': field 'code': must be a whole number from 200"},
        {"Header", R"({"status":{"headers":{"a":1}}})",
         "field 'headers': header 'a'"},
        {"Probability", R"({"hang":{"probability":2}})", "'probability'"},
        {"Count", R"({"hang":{"count":-1}})", "'count'"},
        {"Path", R"({"hang":{"path":1}})", "'path'"},
        {"Fault", R"({"hang":true})", "field 'hang': must be an object"},
        {"Latency", R"({"latency":"soon"})", "field 'latency': 'soon'"},
        {"LatencyObject", R"({"latency":{}})", "field 'latency'"},
        {"Tokens", R"({"tokens":0})", "field 'tokens'"},
        {"Rate", R"({"tokens_per_second":0})", "field 'tokens_per_second'"},
        {"Models", R"({"models":"a"})", "field 'models'"},
        {"Model", R"({"models":[1]})", "field 'models'"},
        {"Duration", R"({"idle_close":5})", "field 'idle_close'"},
        {"Kind", R"({"garbage":{"kind":"x"}})", "must be not_http"},
        {"End", R"({"truncate":{"end":"x"}})", "must be clean or abrupt"},
        {"Reset", R"({"reset":1})", "field 'reset'"},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(MatchTest, EveryRequestIsHitUnlessSomethingIsSaid) {
  FakeRandom random({0.999});
  EXPECT_TRUE(Match().Hits("/v1/x", "", random));
}

TEST(MatchTest, PathAndModelNarrowIt) {
  FakeRandom random;
  const Match path{.path = "/v1/chat/completions"};
  EXPECT_TRUE(path.Hits("/v1/chat/completions", "m", random));
  EXPECT_FALSE(path.Hits("/v1/chat", "m", random));
  const Match prefix{.path = "/v1/chat*"};
  EXPECT_TRUE(prefix.Hits("/v1/chat/completions", "m", random));
  EXPECT_FALSE(prefix.Hits("/v1/models", "m", random));
  const Match model{.model = "m"};
  EXPECT_TRUE(model.Hits("/a", "m", random));
  EXPECT_FALSE(model.Hits("/a", "other", random));
}

TEST(MatchTest, ProbabilityIsAShareOfRequests) {
  FakeRandom random({0.29, 0.31});
  const Match match{.probability = 0.3};
  EXPECT_TRUE(match.Hits("/a", "", random));
  EXPECT_FALSE(match.Hits("/a", "", random));
}

TEST(MatchTest, ACountIsUsedUpByHitsOnlyAndSharedByCopies) {
  FakeRandom random;
  const Match match{
      .path = "/a",
      .remaining = std::make_shared<std::atomic<std::int64_t>>(2)};
  const Match copy = match;
  EXPECT_FALSE(match.Hits("/b", "", random));
  EXPECT_TRUE(match.Hits("/a", "", random));
  EXPECT_TRUE(copy.Hits("/a", "", random));
  EXPECT_FALSE(match.Hits("/a", "", random));
}

}  // namespace
}  // namespace weir::simprovider
