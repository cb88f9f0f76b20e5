#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <chrono>
#include <string>

#include "bench/loadgen/results.h"

namespace weir::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Results SomeResults() {
  Results results;
  results.warmup = seconds(1);
  results.measured = seconds(4);
  KindResults& json = results.of(Kind::kJson);
  json.fates[static_cast<std::size_t>(Fate::kOk)] = 8;
  json.fates[static_cast<std::size_t>(Fate::kStatus)] = 2;
  for (int i = 0; i < 8; ++i) json.latency.Record(milliseconds(3));
  KindResults& sse = results.of(Kind::kSse);
  sse.fates[static_cast<std::size_t>(Fate::kUnfinished)] = 3;
  sse.events = 50;
  results.warmup_events = 10;
  results.statuses[503] = 2;
  results.header_values["a\"b"] = 8;
  results.AddFailure(
      {milliseconds(1500), Kind::kJson, Fate::kStatus, "503 \xff"});
  return results;
}

TEST(ReportTest, CountsFailuresButNotWhatWeCutOurselves) {
  const Results results = SomeResults();
  EXPECT_EQ(results.of(Kind::kJson).requests(), 10U);
  EXPECT_EQ(results.of(Kind::kJson).failed(), 2U);
  EXPECT_EQ(results.of(Kind::kSse).requests(), 3U);
  EXPECT_EQ(results.of(Kind::kSse).failed(), 0U);
}

TEST(ReportTest, JsonSaysItAll) {
  simdjson::dom::parser parser;
  const auto json = simdjson::padded_string(ToJson(SomeResults()));
  const simdjson::dom::element root = parser.parse(json);
  EXPECT_EQ(std::int64_t(root["requests"]), 13);
  EXPECT_EQ(std::int64_t(root["ok"]), 8);
  EXPECT_EQ(std::int64_t(root["failed"]), 2);
  EXPECT_EQ(std::int64_t(root["json"]["status"]), 2);
  EXPECT_EQ(double(root["json"]["rps"]), 2.0);
  EXPECT_EQ(double(root["json"]["latency_ms"]["p99.9"]), 3.0);
  EXPECT_EQ(double(root["sse"]["events_per_s"]), 10.0);
  EXPECT_TRUE(root["sse"]["latency_ms"]["p50"].is_null());
  EXPECT_EQ(std::int64_t(root["statuses"]["503"]), 2);
  EXPECT_EQ(std::int64_t(root["header_values"]["a\"b"]), 8);
  const simdjson::dom::element failure = root.at_pointer("/failures/0");
  EXPECT_EQ(double(failure["at_s"]), 1.5);
  EXPECT_EQ(std::string_view(failure["fate"]), "status");
  EXPECT_EQ(std::string_view(failure["detail"]), "503 \xef\xbf\xbd");
}

TEST(ReportTest, TheTableShowsOnlyWhatThereWas) {
  EXPECT_THAT(ToTable(SomeResults()),
              AllOf(HasSubstr("json: 10 requests, 8 ok, 2 failed"),
                    HasSubstr("  status: 2\n"), HasSubstr("unfinished: 3"),
                    Not(HasSubstr("truncated"))));
}

TEST(ReportTest, KeepsTheFirstFailuresOnly) {
  Results results;
  for (int i = 0; i < 100; ++i) {
    results.AddFailure({seconds(i), Kind::kJson, Fate::kLost, ""});
  }
  EXPECT_EQ(results.failures.size(), 20U);
  EXPECT_EQ(results.failures.back().at, seconds(19));
}

}  // namespace
}  // namespace weir::bench
