#include "dataplane/trace/span_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/request.h"
#include "dataplane/trace/traced_request.h"
#include "dataplane/trace_context.h"
#include "tests/dataplane/trace/sample_request.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/span_receiver.h"

namespace weir::dataplane {
namespace {

using testing::AttributeOf;
using ::testing::ElementsAre;
using testing::kReceivedOnWall;
using testing::SampleAttempt;
using testing::SampleRequest;
using Span = testing::SpanReceiver::Span;
using SpanStatus = otlp::trace::v1::Status;

std::vector<Span> SpansOf(const TracedRequest& request) {
  const auto message = BuildExport({}, {&request, 1});
  const auto& spans = message.resource_spans(0).scope_spans(0).spans();
  return {spans.begin(), spans.end()};
}

std::vector<std::string> NamesOf(const std::vector<Span>& spans) {
  std::vector<std::string> names;
  for (const Span& span : spans) names.push_back(span.name());
  return names;
}

absl::Duration BeginOf(const Span& span) {
  return absl::FromUnixNanos(
             static_cast<std::int64_t>(span.start_time_unix_nano())) -
         kReceivedOnWall;
}
absl::Duration EndOf(const Span& span) {
  return absl::FromUnixNanos(
             static_cast<std::int64_t>(span.end_time_unix_nano())) -
         kReceivedOnWall;
}

TEST(SpanBuildTest, EveryStageIsAChildOfTheRequest) {
  const std::vector<Span> spans = SpansOf(SampleRequest());
  ASSERT_THAT(NamesOf(spans),
              ElementsAre("request", "plan", "attempt", "relay"));
  EXPECT_EQ(spans.size(), SpanCount(SampleRequest()));
  EXPECT_EQ(spans[0].kind(), Span::SPAN_KIND_SERVER);
  EXPECT_EQ(absl::BytesToHexString(spans[0].parent_span_id()),
            "b7ad6b7169203331");
  EXPECT_EQ(spans[0].flags(), 0x301U) << "sampled, and its parent elsewhere";
  std::map<std::string, int> ids;
  for (const Span& span : spans) {
    EXPECT_EQ(absl::BytesToHexString(span.trace_id()),
              "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(span.span_id().size(), 8U);
    EXPECT_EQ(++ids[span.span_id()], 1) << span.name();
    if (span.name() == "request") continue;
    EXPECT_EQ(span.parent_span_id(), spans[0].span_id());
    EXPECT_EQ(span.flags(), 0x101U);
  }
  EXPECT_EQ(spans[2].kind(), Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(absl::BytesToHexString(spans[2].span_id()), "0102030405060708");
}

TEST(SpanBuildTest, TimesAreOnTheWall) {
  const std::vector<Span> spans = SpansOf(SampleRequest());
  EXPECT_EQ(BeginOf(spans[0]), absl::ZeroDuration());
  EXPECT_EQ(EndOf(spans[0]), absl::Milliseconds(100));
  EXPECT_EQ(BeginOf(spans[1]), absl::Milliseconds(1));
  EXPECT_EQ(EndOf(spans[1]), absl::Milliseconds(2));
  EXPECT_EQ(BeginOf(spans[2]), absl::Milliseconds(10));
  EXPECT_EQ(EndOf(spans[2]), absl::Milliseconds(30));
  EXPECT_EQ(BeginOf(spans[3]), absl::Milliseconds(30));
  EXPECT_EQ(EndOf(spans[3]), absl::Milliseconds(100));
}

TEST(SpanBuildTest, ATraceThatBeginsHereHasNoParent) {
  testing::FakeRandom random({0.75});
  TracedRequest request = SampleRequest();
  request.record.trace = TraceContext::Begin(1, 2, Sampled::kYes, random);
  const std::vector<Span> spans = SpansOf(request);
  EXPECT_EQ(spans[0].parent_span_id(), "");
  EXPECT_EQ(spans[0].flags(), 0x101U);
  EXPECT_EQ(absl::BytesToHexString(spans[0].trace_id()),
            "00000000000000010000000000000002");
}

TEST(SpanBuildTest, TheRequestSaysWhatWasAskedAndTaken) {
  TracedRequest request = SampleRequest();
  request.record.usage.emplace();
  request.record.usage->fresh_input = 7;
  request.record.usage->cache_read = 2;
  request.record.usage->output = 3;
  request.record.cost = 0.25;
  const Span span = SpansOf(request)[0];
  for (const auto& [key, want] : std::map<std::string, std::string>{
           {"http.request.method", "POST"},
           {"http.route", "/v1/chat/completions"},
           {"http.response.status_code", "200"},
           {"gen_ai.operation.name", "chat"},
           {"gen_ai.request.model", "m"},
           {"gen_ai.response.model", "upstream-m"},
           {"gen_ai.provider.name", "openai"},
           {"gen_ai.usage.input_tokens", "9"},
           {"gen_ai.usage.output_tokens", "3"},
           {"weir.client_key", "key-1"},
           {"weir.provider", "p"},
           {"weir.request_id", "req_1"},
           {"weir.attempts", "1"},
           {"weir.overhead_ms", "1"},
           {"weir.cost_usd", "0.25"},
           {"error.type", ""}}) {
    EXPECT_EQ(AttributeOf(span, key), want) << key;
  }
  EXPECT_FALSE(span.has_status());
}

TEST(SpanBuildTest, WhatIsNotKnownIsLeftOut) {
  TracedRequest request = SampleRequest();
  request.record.model.clear();
  request.method.reset();
  request.endpoint = Endpoint::kUnknown;
  request.plan.reset();
  request.attempts.clear();
  request.relay_began_at.reset();
  request.record.status = 401;
  request.record.error_code = "invalid_api_key";
  const std::vector<Span> spans = SpansOf(request);
  ASSERT_THAT(NamesOf(spans), ElementsAre("request"));
  for (const auto& attribute : spans[0].attributes()) {
    EXPECT_THAT(attribute.key(),
                ::testing::Not(::testing::AnyOf(
                    "http.request.method", "http.route", "gen_ai.request.model",
                    "gen_ai.operation.name", "gen_ai.usage.input_tokens",
                    "weir.cost_usd")));
  }
}

TEST(SpanBuildTest, EachAttemptSaysWhomItAskedAndWhyItIsAnother) {
  TracedRequest request = SampleRequest();
  TracedAttempt failed = SampleAttempt(1);
  failed.provider = "first";
  failed.status = 503;
  failed.held_against = HeldAgainst::kEndpoint;
  failed.reason = "HTTP 503";
  request.attempts.insert(request.attempts.begin(), failed);
  request.attempts[1].dialect = &dialect::Gemini();
  const auto attempts = testing::Named(SpansOf(request), "attempt");
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(AttributeOf(attempts[0], "weir.target"), "first/upstream-m");
  EXPECT_EQ(AttributeOf(attempts[0], "http.response.status_code"), "503");
  EXPECT_EQ(AttributeOf(attempts[0], "error.type"), "503");
  EXPECT_EQ(attempts[0].status().code(), SpanStatus::STATUS_CODE_ERROR);
  EXPECT_EQ(attempts[0].status().message(), "HTTP 503");
  EXPECT_EQ(AttributeOf(attempts[0], "http.request.resend_count"), "");
  EXPECT_EQ(AttributeOf(attempts[1], "http.request.resend_count"), "1");
  EXPECT_EQ(AttributeOf(attempts[1], "weir.retry_reason"), "HTTP 503");
  EXPECT_EQ(AttributeOf(attempts[1], "gen_ai.provider.name"), "gcp.gemini");
  EXPECT_EQ(AttributeOf(attempts[1], "gen_ai.request.model"), "upstream-m");
  EXPECT_EQ(AttributeOf(attempts[1], "server.address"), "p.example");
  EXPECT_EQ(AttributeOf(attempts[1], "server.port"), "443");
  EXPECT_FALSE(attempts[1].has_status());
}

TEST(SpanBuildTest, AStreamSaysWhenItsFirstTokenCame) {
  TracedRequest request = SampleRequest();
  EXPECT_EQ(
      AttributeOf(SpansOf(request)[3], "gen_ai.response.time_to_first_chunk"),
      "");
  request.record.is_stream = true;
  request.record.sent_bytes = 5;
  const Span relay = SpansOf(request)[3];
  EXPECT_EQ(AttributeOf(relay, "gen_ai.response.time_to_first_chunk"), "0.03");
  EXPECT_EQ(AttributeOf(relay, "weir.stream"), "true");
  EXPECT_EQ(AttributeOf(relay, "weir.sent_bytes"), "5");
}

struct EndCase {
  std::string name;
  int status;
  std::string error_code;
  std::string want_type;
  SpanStatus::StatusCode want;
};

class RequestEndTest : public ::testing::TestWithParam<EndCase> {};

TEST_P(RequestEndTest, FollowsTheTable) {
  TracedRequest request = SampleRequest();
  request.record.status = GetParam().status;
  request.record.error_code = GetParam().error_code;
  const Span span = SpansOf(request)[0];
  EXPECT_EQ(AttributeOf(span, "error.type"), GetParam().want_type);
  EXPECT_EQ(span.status().code(), GetParam().want);
}

// What a client did wrong is no error of a server's span (OpenTelemetry,
// "Semantic conventions for HTTP spans", Status).
INSTANTIATE_TEST_SUITE_P(
    Table, RequestEndTest,
    ::testing::ValuesIn<EndCase>({
        {"Fine", 200, "", "", SpanStatus::STATUS_CODE_UNSET},
        {"Refused", 429, "rate_limit_exceeded", "rate_limit_exceeded",
         SpanStatus::STATUS_CODE_UNSET},
        {"RefusedByTheProvider", 422, "", "422", SpanStatus::STATUS_CODE_UNSET},
        {"Failed", 502, "provider_failed", "provider_failed",
         SpanStatus::STATUS_CODE_ERROR},
        {"BrokeOff", 200, "stream_interrupted", "stream_interrupted",
         SpanStatus::STATUS_CODE_ERROR},
        {"NobodyWaited", 0, "client_gone", "client_gone",
         SpanStatus::STATUS_CODE_UNSET},
    }),
    [](const auto& test) { return test.param.name; });

struct AttemptEndCase {
  std::string name;
  HeldAgainst held_against;
  int status;
  std::string want_type;
  SpanStatus::StatusCode want;
};

class AttemptEndTest : public ::testing::TestWithParam<AttemptEndCase> {};

TEST_P(AttemptEndTest, FollowsTheTable) {
  TracedRequest request = SampleRequest();
  request.attempts[0].held_against = GetParam().held_against;
  request.attempts[0].status = GetParam().status;
  request.attempts[0].reason = "why";
  const Span span = SpansOf(request)[2];
  EXPECT_EQ(AttributeOf(span, "error.type"), GetParam().want_type);
  EXPECT_EQ(span.status().code(), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, AttemptEndTest,
                         ::testing::ValuesIn<AttemptEndCase>({
                             {"Fine", HeldAgainst::kNobodyItSucceeded, 200, "",
                              SpanStatus::STATUS_CODE_UNSET},
                             {"NoConnection", HeldAgainst::kEndpoint, 0,
                              "endpoint", SpanStatus::STATUS_CODE_ERROR},
                             {"LiedWithA200", HeldAgainst::kEndpoint, 200,
                              "endpoint", SpanStatus::STATUS_CODE_ERROR},
                             {"Unpaid", HeldAgainst::kCredential, 402, "402",
                              SpanStatus::STATUS_CODE_ERROR},
                             {"TooFast", HeldAgainst::kRateLimit, 429, "429",
                              SpanStatus::STATUS_CODE_ERROR},
                             {"WrongRequest", HeldAgainst::kClient, 400, "400",
                              SpanStatus::STATUS_CODE_ERROR},
                             {"LostTheRace", HeldAgainst::kNobody, 0, "",
                              SpanStatus::STATUS_CODE_UNSET},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(SpanBuildTest, TheProcessSaysWhoItIs) {
  const TracedRequest request = SampleRequest();
  const auto message = BuildExport(
      {.node_id = "n1", .region = "eu", .build_version = "1.2"}, {&request, 1});
  Span resource;
  *resource.mutable_attributes() =
      message.resource_spans(0).resource().attributes();
  EXPECT_EQ(AttributeOf(resource, "service.name"), "weir-dataplane");
  EXPECT_EQ(AttributeOf(resource, "service.instance.id"), "n1");
  EXPECT_EQ(AttributeOf(resource, "service.version"), "1.2");
  EXPECT_EQ(AttributeOf(resource, "weir.region"), "eu");
  EXPECT_EQ(message.resource_spans(0).scope_spans(0).scope().name(), "weir");
}

}  // namespace
}  // namespace weir::dataplane
