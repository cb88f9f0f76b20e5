// What a worker notes for traces, and what it tells providers of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <future>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/request.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/trace/traced_request.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::AnswerEach;
using testing::ChatRequest;
using testing::ChatStreamRequest;
using testing::Chunk;
using testing::GetRequest;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::kDone;
using testing::kLastChunk;
using ::testing::Not;
using testing::PostRequest;
using testing::Says;
using testing::StreamHead;

constexpr char kBody[] = R"({"model":"m","messages":[]})";
constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kParent[] = "b7ad6b7169203331";

std::string TraceParent(const std::string& flags) {
  return std::string("traceparent: 00-") + kTrace + "-" + kParent + "-" +
         flags + "\r\n";
}

class WorkerTraceTest : public testing::WorkerFixture {
 protected:
  WorkerTraceTest() { options_.trace_sample = 1; }

  std::deque<TracedRequest> Traces() {
    std::promise<TraceLog::Batch> promise;
    worker_->TakeTraces([&promise](TraceLog::Batch batch) {
      promise.set_value(std::move(batch));
    });
    return promise.get_future().get().requests;
  }
  ProviderIndex AddGoodProvider(const std::string& name) {
    return AddProvider(
        name,
        [this](testing::ProviderConnection& connection,
               int) -> asio::awaitable<void> {
          for (;;) {
            std::string request = co_await connection.ReadRequest();
            if (request.empty()) co_return;
            asked_.Add(std::move(request));
            const std::string answer = HttpAnswer(
                200, R"({"usage":{"prompt_tokens":7,"completion_tokens":3}})");
            co_await connection.Send(answer);
          }
        });
  }

  testing::RequestLog asked_;
};

TEST_F(WorkerTraceTest, AnAnswerIsARequestAPlanAnAttemptAndARelay) {
  hand_.AddModel("m", {AddGoodProvider("p")});
  Start();
  Ask(ChatRequest("m"));
  const auto traces = Traces();
  ASSERT_EQ(traces.size(), 1U);
  const TracedRequest& trace = traces[0];
  EXPECT_EQ(trace.record.status, 200);
  EXPECT_EQ(trace.record.model, "m");
  EXPECT_EQ(trace.record.client_key, "test");
  EXPECT_EQ(trace.record.usage->output, 3U);
  EXPECT_EQ(trace.endpoint, Endpoint::kChatCompletions);
  ASSERT_TRUE(trace.plan.has_value());
  EXPECT_EQ(trace.plan->candidates, 1U);
  ASSERT_EQ(trace.attempts.size(), 1U);
  EXPECT_EQ(trace.attempts[0].provider, "p");
  EXPECT_EQ(trace.attempts[0].status, 200);
  EXPECT_TRUE(trace.relay_began_at.has_value());
  EXPECT_EQ(trace.record.trace->parent_id(), "");
}

TEST_F(WorkerTraceTest, ARetryIsAnAttemptMore) {
  hand_.AddModel("m", {AddProvider("bad", AnswerEach(HttpAnswer(500, "{}"))),
                       AddGoodProvider("good")});
  Start();
  Ask(ChatRequest("m"));
  const auto traces = Traces();
  ASSERT_EQ(traces.size(), 1U);
  ASSERT_EQ(traces[0].attempts.size(), 2U);
  EXPECT_EQ(traces[0].attempts[0].provider, "bad");
  EXPECT_EQ(traces[0].attempts[0].reason, "HTTP 500");
  EXPECT_EQ(traces[0].attempts[0].held_against, HeldAgainst::kEndpoint);
  EXPECT_EQ(traces[0].attempts[1].provider, "good");
  EXPECT_NE(traces[0].attempts[0].span, traces[0].attempts[1].span);
}

TEST_F(WorkerTraceTest, AStreamIsRelayedFromItsFirstEventOn) {
  hand_.AddModel(
      "m",
      {AddProvider("p", AnswerEach(StreamHead() + Chunk(Says("a")) +
                                   Chunk(kDone) + std::string(kLastChunk)))});
  Start();
  Ask(ChatStreamRequest("m"));
  const auto traces = Traces();
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_TRUE(traces[0].record.is_stream);
  EXPECT_TRUE(traces[0].relay_began_at.has_value());
  EXPECT_EQ(traces[0].record.error_code, "");
}

TEST_F(WorkerTraceTest, ProvidersHangTheirsBelowTheAttempt) {
  hand_.AddModel("m", {AddGoodProvider("p")});
  Start();
  Ask(PostRequest("/v1/chat/completions", kBody, TraceParent("01")));
  const auto traces = Traces();
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces[0].record.trace->trace_id(), kTrace);
  EXPECT_EQ(traces[0].record.trace->parent_id(), kParent);
  const std::string want = absl::StrFormat("traceparent: 00-%s-%016x-01\r\n",
                                           kTrace, traces[0].attempts[0].span);
  EXPECT_THAT(asked_.All()[0], HasSubstr(want));
}

TEST_F(WorkerTraceTest, TheClientSaysWhetherItsTraceIsKept) {
  hand_.AddModel("m", {AddGoodProvider("p")});
  Start();
  Ask(PostRequest("/v1/chat/completions", kBody, TraceParent("00")));
  EXPECT_TRUE(Traces().empty());
  EXPECT_THAT(asked_.All()[0],
              HasSubstr(std::string("traceparent: 00-") + kTrace + "-"));
  EXPECT_THAT(asked_.All()[0], HasSubstr("-00\r\n"));
}

TEST_F(WorkerTraceTest, OfThoseThatBeginHereTheShareDecides) {
  options_.trace_sample = 0;
  hand_.AddModel("m", {AddGoodProvider("p")});
  Start();
  Ask(ChatRequest("m"));
  Ask(PostRequest("/v1/chat/completions", kBody, "traceparent: nonsense\r\n"));
  EXPECT_TRUE(Traces().empty());
  EXPECT_THAT(asked_.All()[0], HasSubstr("-00\r\n"))
      << "the provider is told that nobody keeps it";
  EXPECT_EQ(Collect().ignored_headers.at("traceparent"), 1U);
  Ask(PostRequest("/v1/chat/completions", kBody, TraceParent("01")));
  EXPECT_EQ(Traces().size(), 1U);
}

TEST_F(WorkerTraceTest, WithoutTracesAProviderIsToldOfNone) {
  options_.trace_sample.reset();
  hand_.AddModel("m", {AddGoodProvider("p")});
  Start();
  Ask(ChatRequest("m"));
  Ask(PostRequest("/v1/chat/completions", kBody, TraceParent("01")));
  EXPECT_TRUE(Traces().empty());
  EXPECT_THAT(asked_.All()[0], Not(HasSubstr("traceparent")));
  EXPECT_THAT(asked_.All()[1], HasSubstr(kTrace));
  EXPECT_THAT(asked_.All()[1], Not(HasSubstr(kParent)));
}

TEST_F(WorkerTraceTest, WhatIsRefusedIsARequestAlone) {
  hand_.AddModel("m", {AddGoodProvider("p")});
  Start();
  Ask(ChatRequest("nobody-has-this"));
  Ask("GET / HTTP/1.1\r\n\r\n");
  const auto traces = Traces();
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_EQ(traces[0].record.error_code, "model_not_found");
  EXPECT_EQ(traces[0].record.model, "");
  EXPECT_FALSE(traces[0].plan.has_value());
  EXPECT_TRUE(traces[0].attempts.empty());
  EXPECT_EQ(traces[1].record.error_code, "bad_request");
}

TEST_F(WorkerTraceTest, WhenAllFailThereIsNothingToRelay) {
  const auto bad = [this](const std::string& name) {
    return AddProvider(name, AnswerEach(HttpAnswer(500, "{}")));
  };
  // As many as are asked at most: nothing waits for another chance.
  hand_.AddModel("m", {bad("p1"), bad("p2"), bad("p3")});
  Start();
  Ask(ChatRequest("m"));
  const auto traces = Traces();
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces[0].attempts.size(), 3U);
  EXPECT_FALSE(traces[0].relay_began_at.has_value());
  EXPECT_NE(traces[0].record.error_code, "");
}

TEST_F(WorkerTraceTest, HealthChecksAreNotTraced) {
  StartWithoutSnapshot();
  Ask(GetRequest("/health"));
  EXPECT_TRUE(Traces().empty());
}

}  // namespace
}  // namespace weir::dataplane
