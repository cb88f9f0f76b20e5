// Promise: who turns traces on sees where a request went and what it waited
// for; who does not pays and sends nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/harness/temporary_folder.h"
#include "tests/testing/span_receiver.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Span = SpanReceiver::Span;

constexpr char kChat[] = "/v1/chat/completions";
constexpr char kTraceId[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kParent[] = "b7ad6b7169203331";

std::vector<std::string> NodeFlags(const std::vector<std::string>& more) {
  std::vector<std::string> flags = {"--drain-delay", "0s", "--drain-timeout",
                                    "20s"};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

class TraceTest : public ::testing::Test {
 protected:
  void Start(const std::vector<std::string>& node_flags) {
    fleet_.emplace(FleetOptions{
        // Probes stay away: what the node finds out by itself is what counts.
        .health_check = "{kind: tcp, interval: 10m}",
        .node_flags = NodeFlags(node_flags)});
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  void StartTraced(const std::string& sample = "0") {
    ASSERT_NO_FATAL_FAILURE(Start(
        {"--otlp-endpoint", receiver_.address(), "--trace-sample", sample}));
  }

  // In a client's trace of its own. Only those are kept, so that nothing else
  // is in the way.
  void Ask(const std::string& model, Answering answering = Answering::kWhole) {
    trace_ = absl::StrCat(std::string(kTraceId).substr(0, 28), 1000 + ++asked_);
    const absl::StatusOr<HttpAnswer> answer = Send(
        fleet_->Api(),
        {.method = "POST",
         .target = kChat,
         .headers = {{"Authorization", absl::StrCat("Bearer ", fleet_->key())},
                     {"Content-Type", "application/json"},
                     {"traceparent",
                      absl::StrCat("00-", trace_, "-", kParent, "-01")}},
         .body = ChatBody(model, answering)});
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (answer.ok()) answer_ = *answer;
  }
  // Of what was asked last, once so many are there.
  std::vector<Span> Spans(std::size_t spans = 4) {
    std::vector<Span> found;
    EXPECT_TRUE(Eventually([&] {
      found.clear();
      for (const Span& span : receiver_.spans()) {
        if (absl::BytesToHexString(span.trace_id()) == trace_) {
          found.push_back(span);
        }
      }
      return found.size() >= spans;
    })) << found.size()
        << " spans\n"
        << fleet_->Logs();
    return found;
  }

  SpanReceiver receiver_;
  std::optional<Fleet> fleet_;
  // The answer to what was asked last, and its trace.
  HttpAnswer answer_;
  std::string trace_;
  int asked_ = 0;
};

std::vector<std::string> NamesOf(const std::vector<Span>& spans) {
  std::vector<std::string> names;
  for (const Span& span : spans) names.push_back(span.name());
  return names;
}

// All hang below the request, which hangs below the client's span, and lie
// within it.
void ExpectOneTree(const std::vector<Span>& spans) {
  const Span& request = spans[0];
  EXPECT_EQ(request.name(), "request");
  EXPECT_EQ(request.kind(), Span::SPAN_KIND_SERVER);
  EXPECT_EQ(absl::BytesToHexString(request.parent_span_id()), kParent);
  for (const Span& span : spans) {
    EXPECT_LE(span.start_time_unix_nano(), span.end_time_unix_nano());
    if (span.name() == "request") continue;
    EXPECT_EQ(span.parent_span_id(), request.span_id()) << span.name();
    EXPECT_GE(span.start_time_unix_nano(), request.start_time_unix_nano());
    EXPECT_LE(span.end_time_unix_nano(), request.end_time_unix_nano());
  }
}

TEST_F(TraceTest, AnAnswerIsTold) {
  ASSERT_NO_FATAL_FAILURE(StartTraced());
  Ask("only-p1");
  const std::vector<Span> spans = Spans();
  ASSERT_THAT(NamesOf(spans),
              ElementsAre("request", "plan", "attempt", "relay"));
  ExpectOneTree(spans);
  const Span& request = spans[0];
  EXPECT_EQ(AttributeOf(request, "http.request.method"), "POST");
  EXPECT_EQ(AttributeOf(request, "http.route"), kChat);
  EXPECT_EQ(AttributeOf(request, "http.response.status_code"), "200");
  EXPECT_EQ(AttributeOf(request, "gen_ai.operation.name"), "chat");
  EXPECT_EQ(AttributeOf(request, "gen_ai.request.model"), "only-p1");
  EXPECT_EQ(AttributeOf(request, "gen_ai.provider.name"), "openai");
  EXPECT_NE(AttributeOf(request, "gen_ai.usage.input_tokens"), "");
  EXPECT_NE(AttributeOf(request, "gen_ai.usage.output_tokens"), "");
  EXPECT_EQ(AttributeOf(request, "weir.client_key"), "everything");
  EXPECT_EQ(AttributeOf(request, "weir.request_id"),
            answer_.Header("x-request-id"));
  EXPECT_EQ(AttributeOf(spans[2], "weir.provider"), "p1");
  EXPECT_EQ(spans[2].kind(), Span::SPAN_KIND_CLIENT);
  // What the provider got names the attempt as its parent.
  const std::string head = At(fleet_->Stats(0), "/last_request/head");
  EXPECT_THAT(head, HasSubstr(absl::BytesToHexString(spans[2].span_id())));
  // Who made them.
  const auto requests = receiver_.requests();
  Span resource;
  *resource.mutable_attributes() =
      requests[0].resource_spans(0).resource().attributes();
  EXPECT_EQ(AttributeOf(resource, "service.name"), "weir-dataplane");
  EXPECT_EQ(AttributeOf(resource, "service.instance.id"), "node-1");
}

TEST_F(TraceTest, ARetryIsTwoAttempts) {
  ASSERT_NO_FATAL_FAILURE(StartTraced());
  ASSERT_TRUE(fleet_->Control(0, R"({"status": {"code": 500}})").ok());
  // Until it is the first to be asked.
  ASSERT_TRUE(Eventually([this] {
    Ask("gpt-4.1");
    return answer_.Header("x-weir-attempts") == "2";
  }));
  const std::vector<Span> spans = Spans(5);
  const auto attempts = Named(spans, "attempt");
  ASSERT_EQ(attempts.size(), 2U);
  ExpectOneTree(spans);
  EXPECT_EQ(AttributeOf(attempts[0], "http.response.status_code"), "500");
  EXPECT_EQ(AttributeOf(attempts[0], "error.type"), "500");
  EXPECT_EQ(attempts[0].status().message(), "HTTP 500");
  EXPECT_EQ(AttributeOf(attempts[1], "weir.retry_reason"), "HTTP 500");
  EXPECT_EQ(AttributeOf(attempts[1], "http.response.status_code"), "200");
  EXPECT_NE(AttributeOf(attempts[0], "weir.provider"),
            AttributeOf(attempts[1], "weir.provider"));
  EXPECT_EQ(AttributeOf(spans[0], "weir.attempts"), "2");
  EXPECT_FALSE(spans[0].has_status()) << "the client saw nothing of it";
}

TEST_F(TraceTest, AStreamSaysWhenItsFirstTokenCame) {
  ASSERT_NO_FATAL_FAILURE(StartTraced());
  Ask("gpt-4.1", Answering::kStream);
  const std::vector<Span> spans = Spans();
  ExpectOneTree(spans);
  const auto relays = Named(spans, "relay");
  ASSERT_EQ(relays.size(), 1U);
  EXPECT_EQ(AttributeOf(relays[0], "weir.stream"), "true");
  EXPECT_NE(AttributeOf(relays[0], "gen_ai.response.time_to_first_chunk"), "");
}

TEST_F(TraceTest, WhatWaitsIsSentWhenTheNodeGoesAway) {
  ASSERT_NO_FATAL_FAILURE(StartTraced("1"));
  const auto answer =
      PostJson(fleet_->Api(), kChat, fleet_->key(), ChatBody("only-p2"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  const std::string id = answer->Header("x-request-id");
  fleet_->node(0).Terminate();
  const auto code = fleet_->node(0).WaitForEnd(absl::Seconds(30));
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 0) << fleet_->Logs();
  bool found = false;
  for (const Span& span : receiver_.spans()) {
    if (span.name() != "request") continue;
    EXPECT_EQ(span.parent_span_id(), "") << "its trace began here";
    found = found || AttributeOf(span, "weir.request_id") == id;
  }
  EXPECT_TRUE(found) << receiver_.spans().size() << " spans";
}

TEST_F(TraceTest, ACollectorThatIsAwayCostsNoRequest) {
  ASSERT_NO_FATAL_FAILURE(
      Start({"--otlp-endpoint", "127.0.0.1:1", "--trace-sample", "1"}));
  for (int i = 0; i < 20; ++i) {
    const auto answer =
        PostJson(fleet_->Api(), kChat, fleet_->key(), ChatBody("gpt-4.1"));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_TRUE(Eventually(
      [this] { return fleet_->SumMetric("weir_trace_export_failing") == 1; }));
  EXPECT_EQ(fleet_->SumMetric("weir_trace_spans_exported_total"), 0);
}

TEST_F(TraceTest, NobodyIsToldUnlessSomebodySaysSo) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  const auto answer =
      PostJson(fleet_->Api(), kChat, fleet_->key(), ChatBody("only-p1"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(At(fleet_->Stats(0), "/last_request/head"),
              ::testing::Not(HasSubstr("traceparent")));
  EXPECT_EQ(fleet_->SumMetric("weir_trace_spans_exported_total"), 0);
  EXPECT_TRUE(receiver_.requests().empty());
}

TEST(TraceFlagsTest, ContradictionsAreRefusedAtTheStart) {
  const TemporaryFolder folder;
  for (const auto& [flags, why] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--trace-sample", "0.5"}, "--otlp-endpoint alone"},
           {{"--otlp-endpoint", "collector:4317"}, "--otlp-insecure"},
           {{"--otlp-endpoint", "collector:4317", "--otlp-insecure",
             "--otlp-ca", "/ca"},
            "contradict"},
           {{"--otlp-endpoint", "collector:4317", "--otlp-ca", "/nowhere/ca"},
            "/nowhere/ca"},
           {{"--otlp-endpoint", "collector"}, "--otlp-endpoint"}}) {
    const absl::StatusOr<Finished> run = RunToEnd(
        {.program = BinaryFolder() / "weir-dataplane", .arguments = flags},
        folder / "refused.log", absl::Seconds(30));
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_EQ(run->exit_code, 2) << flags[0];
    EXPECT_THAT(run->output, HasSubstr(why));
  }
}

}  // namespace
}  // namespace weir::testing
