// Promise: what a provider does wrong before the client's first byte costs the
// client nothing while another target works; with none left it is an honest
// error, and after the first byte never a clean end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kChat[] = "/v1/chat/completions";
constexpr int kRequests = 20;
// Each may take as long as a provider's silence is borne.
constexpr int kStreams = 5;

struct Fault {
  std::string name;
  // For POST /__control.
  std::string control;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

// Probes by TCP go on to succeed, so that clients' requests meet the fault.
FleetOptions TwoProviders() {
  return {.providers = 2,
          .health_check =
              "{kind: tcp, interval: 500ms, timeout: 1s, "
              "unhealthy_after: 2, healthy_after: 2}",
          .timeouts =
              "{connect: 1s, fast: 1s, normal: 1s, complex: 1s, "
              "stream_idle: 1s}"};
}

class FaultTest : public ::testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
    const absl::Status set = fleet_.Control(0, GetParam().control);
    ASSERT_TRUE(set.ok()) << set;
  }

  Fleet fleet_{TwoProviders()};
};

class FaultBeforeTheFirstByteTest : public FaultTest {};

TEST_P(FaultBeforeTheFirstByteTest, CostsNothingWhileAnotherTargetWorks) {
  for (const Answering answering : {Answering::kWhole, Answering::kStream}) {
    for (int request = 0; request < kRequests; ++request) {
      const absl::StatusOr<HttpAnswer> answer = PostJson(
          fleet_.Api(), kChat, fleet_.key(), ChatBody("gpt-4.1", answering));
      ASSERT_TRUE(answer.ok()) << answer.status();
      ASSERT_EQ(answer->status, 200) << answer->body;
      ASSERT_EQ(answer->ending, HttpAnswer::Ending::kWhole) << answer->body;
      ASSERT_THAT(answer->body, Not(HasSubstr(R"("error")")));
    }
  }
  const std::string met = At(fleet_.Stats(0), "/requests/total");
  std::printf("%s: %d requests, none failed; the faulty provider saw %s\n",
              GetParam().name.c_str(), 2 * kRequests, met.c_str());
  EXPECT_NE(met, "0") << "the fault was never met";
}

TEST_P(FaultBeforeTheFirstByteTest, IsAnHonestErrorWhenNoTargetIsLeft) {
  for (const Answering answering : {Answering::kWhole, Answering::kStream}) {
    const absl::StatusOr<HttpAnswer> answer = PostJson(
        fleet_.Api(), kChat, fleet_.key(), ChatBody("only-p1", answering));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_THAT(answer->status, AnyOf(429, 500, 502, 503, 504, 529))
        << answer->body;
    EXPECT_EQ(answer->ending, HttpAnswer::Ending::kWhole);
    EXPECT_THAT(answer->Header("content-type"), HasSubstr("application/json"));
    EXPECT_NE(answer->Header("x-weir-error-source"), "");
    EXPECT_NE(At(answer->Json(), "/error/message"), "") << answer->body;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultBeforeTheFirstByteTest,
    ::testing::ValuesIn<Fault>({
        {"Reset", R"({"reset_connection":{}})"},
        {"ResetInTheHead", R"({"reset_connection":{"after_bytes":20}})"},
        {"Hang", R"({"hang":{}})"},
        {"HangInTheHead", R"({"hang":{"after_bytes":20}})"},
        {"NotHttp", R"({"garbage":{"kind":"not_http"}})"},
        {"BothLengths", R"({"garbage":{"kind":"two_lengths"}})"},
        {"TwoContentLengths", R"({"garbage":{"kind":"two_content_lengths"}})"},
        {"OversizedHead", R"({"garbage":{"kind":"large_head"}})"},
        {"Status500", R"({"status":{"code":500}})"},
        {"Status503", R"({"status":{"code":503}})"},
        {"Status529", R"({"status":{"code":529}})"},
        {"Status429",
         R"({"status":{"code":429,"headers":{"Retry-After":"30"}}})"},
        {"Credential401", R"({"status":{"code":401}})"},
    }),
    [](const auto& one) { return one.param.name; });

// A body that breaks off was not begun towards the client: it is tried
// elsewhere, and never delivered short.
class ShortBodyTest : public FaultTest {};

TEST_P(ShortBodyTest, IsNeverDeliveredAsIfItWereWhole) {
  int whole = 0;
  for (int request = 0; request < kRequests; ++request) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet_.Api(), kChat, fleet_.key(), ChatBody("gpt-4.1"));
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_EQ(answer->status, 200) << answer->body;
    ASSERT_EQ(answer->ending, HttpAnswer::Ending::kWhole);
    ASSERT_NE(At(answer->Json(), "/choices/0/message/content"), "")
        << answer->body;
    ++whole;
  }
  std::printf("%s: %d answers, all whole\n", GetParam().name.c_str(), whole);
  EXPECT_NE(At(fleet_.Stats(0), "/requests/total"), "0");
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ShortBodyTest,
    ::testing::ValuesIn<Fault>({
        {"TruncatedJson", R"({"truncate":{}})"},
        {"BadChunk", R"({"garbage":{"kind":"bad_chunk"}})"},
        {"ResetInTheBody", R"({"reset_connection":{"after_bytes":250}})"},
    }),
    [](const auto& one) { return one.param.name; });

// A stream that had begun can't be tried elsewhere: it ends with an error event
// and an aborted connection.
class BrokenStreamTest : public FaultTest {};

TEST_P(BrokenStreamTest, EndsWithAnErrorEventAndAnAbort) {
  int broken = 0;
  for (int request = 0; request < kStreams; ++request) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet_.Api(), kChat, fleet_.key(),
                 ChatBody("only-p1", Answering::kStream));
    ASSERT_TRUE(answer.ok()) << answer.status();
    // Once it has failed often enough, nothing is sent there any more.
    if (answer->status != 200) break;
    ++broken;
    EXPECT_THAT(answer->body, HasSubstr(R"("error")"));
    EXPECT_THAT(answer->body, Not(HasSubstr("[DONE]")));
    EXPECT_EQ(answer->ending, HttpAnswer::Ending::kCut) << answer->body;
  }
  std::printf("%s: %d streams, each with an error event\n",
              GetParam().name.c_str(), broken);
  EXPECT_GT(broken, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenStreamTest,
    ::testing::ValuesIn<Fault>({
        {"NoTerminalEvent", R"({"truncate":{"after_events":3}})"},
        {"ClosedInMidStream",
         R"({"truncate":{"after_events":3,"end":"abrupt"}})"},
        {"Reset", R"({"reset_connection":{"after_bytes":1200}})"},
        {"Silence", R"({"hang":{"after_bytes":1200}})"},
        {"ErrorEvent", R"({"stream_error":{"after_events":3}})"},
    }),
    [](const auto& one) { return one.param.name; });

TEST(BadProviderTest, AnOverloadThatArrivesAs200IsFailedOver) {
  Fleet fleet(TwoProviders());
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  ASSERT_TRUE(fleet.Control(0, R"({"stream_error":{"after_events":0}})").ok());
  for (int request = 0; request < kRequests; ++request) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet.Api(), kChat, fleet.key(),
                 ChatBody("gpt-4.1", Answering::kStream));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 200);
    EXPECT_THAT(answer->body, HasSubstr("[DONE]"));
    EXPECT_THAT(answer->body, Not(HasSubstr(R"("error")")));
  }
}

TEST(BadProviderTest, ATargetThatWasBadIsUsedAgain) {
  Fleet fleet(TwoProviders());
  const absl::Status started = fleet.Start();
  ASSERT_TRUE(started.ok()) << started;
  ASSERT_TRUE(fleet.Control(0, R"({"status":{"code":500}})").ok());
  const auto answered = [&fleet] {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet.Api(), kChat, fleet.key(), ChatBody("only-p1"));
    return answer.ok() && answer->status == 200;
  };
  for (int request = 0; request < kRequests; ++request) {
    EXPECT_FALSE(answered());
  }
  ASSERT_TRUE(fleet.Control(0, R"({"reset":true})").ok());
  EXPECT_TRUE(Eventually(answered, absl::Seconds(60)));
}

}  // namespace
}  // namespace weir::testing
