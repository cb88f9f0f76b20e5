#include "dataplane/access/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/access/access_record.h"
#include "dataplane/request_id.h"
#include "dataplane/trace_context.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

AccessRecord Good() {
  AccessRecord record;
  record.at = absl::FromUnixMillis(1'700'000'000'123);
  record.id = RequestId("req_1");
  record.status = 200;
  return record;
}

std::string LineOf(const AccessRecord& record) {
  std::string line;
  AppendJsonLine(record, line);
  return line;
}

TEST(AccessRecordTest, SaysWhatIsKnown) {
  testing::FakeRandom random;
  AccessRecord record = Good();
  record.client_key = "demo";
  record.model = "gpt-4.1";
  record.provider = "relay-sg";
  record.attempts = 2;
  record.is_stream = true;
  record.usage = {.fresh_input = 200, .cache_read = 800, .output = 10};
  record.cost = 0.00088;
  record.took = absl::Microseconds(12'345);
  record.overhead = absl::Microseconds(90);
  record.received_bytes = 300;
  record.sent_bytes = 4000;
  record.trace = TraceContext::Continue(
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", random);
  EXPECT_EQ(LineOf(record),
            R"({"time":"2023-11-14T22:13:20.123Z","request_id":"req_1",)"
            R"("trace_id":"0af7651916cd43dd8448eb211c80319c",)"
            R"("client_key":"demo","model":"gpt-4.1","provider":"relay-sg",)"
            R"("status":200,"attempts":2,"stream":true,"input_tokens":1000,)"
            R"("cached_input_tokens":800,"output_tokens":10,)"
            R"("usage":"reported","cost_usd":0.00088,"duration_ms":12.345,)"
            R"("overhead_ms":0.09,"received_bytes":300,"sent_bytes":4000})"
            "\n");
}

TEST(AccessRecordTest, LeavesOutWhatIsNot) {
  EXPECT_EQ(LineOf(Good()),
            R"({"time":"2023-11-14T22:13:20.123Z","request_id":"req_1",)"
            R"("status":200,"attempts":0,"stream":false,"duration_ms":0,)"
            R"("overhead_ms":0,"received_bytes":0,"sent_bytes":0})"
            "\n");
}

TEST(AccessRecordTest, IsOneLineWhateverNamesHold) {
  AccessRecord record = Good();
  record.model = "a\"\n\x01";
  const std::string line = LineOf(record);
  EXPECT_THAT(line, HasSubstr(R"("model":"a\"\n\u0001")"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(AccessLogTest, KeepsTheShareThatItIsTold) {
  testing::FakeRandom random({0.2, 0.3});
  AccessLog log(0.25, random);
  log.Add(Good());
  EXPECT_THAT(log.Take().text, HasSubstr("req_1"));
  log.Add(Good());
  EXPECT_EQ(log.Take().text, "");
}

TEST(AccessLogTest, FailuresAreAlwaysInIt) {
  testing::FakeRandom random({0.5});
  AccessLog log(0, random);
  AccessRecord refused = Good();
  refused.status = 429;
  AccessRecord broken = Good();
  broken.error_code = "stream_interrupted";
  AccessRecord left = Good();
  left.status = 0;
  for (const AccessRecord& record : {refused, broken, left}) {
    log.Add(record);
    EXPECT_THAT(log.Take().text, HasSubstr("req_1"));
  }
  log.Add(Good());
  EXPECT_EQ(log.Take().text, "");
}

TEST(AccessLogTest, WhatDoesNotFitIsCounted) {
  testing::FakeRandom random({0.0});
  const std::size_t line = LineOf(Good()).size();
  AccessLog log(1, random, 2 * line);
  for (int i = 0; i < 5; ++i) log.Add(Good());
  const AccessLog::Lines lines = log.Take();
  EXPECT_EQ(lines.text.size(), 2 * line);
  EXPECT_EQ(lines.dropped, 3U);
  log.Add(Good());
  EXPECT_EQ(log.Take().dropped, 0U);
}

}  // namespace
}  // namespace weir::dataplane
