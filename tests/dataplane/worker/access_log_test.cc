// What the access log says of requests that went through a worker.

#include "dataplane/access/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <future>
#include <string>
#include <utility>

#include "common/config/price.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using ::testing::AllOf;
using testing::AnswerEach;
using testing::ChatRequest;
using testing::ChatStreamRequest;
using testing::Chunk;
using testing::GetRequest;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpReply;
using ::testing::Not;
using testing::Says;
using testing::StreamHead;

class WorkerAccessLogTest : public testing::WorkerFixture {
 protected:
  WorkerAccessLogTest() { options_.access_log_sample = 1; }

  std::string Lines() {
    std::promise<AccessLog::Lines> promise;
    worker_->TakeAccessLog([&promise](AccessLog::Lines lines) {
      promise.set_value(std::move(lines));
    });
    return promise.get_future().get().text;
  }
};

TEST_F(WorkerAccessLogTest, AnAnswerIsALine) {
  const std::string body =
      R"({"id":"x","usage":{"prompt_tokens":7,"completion_tokens":3}})";
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, body)))});
  hand_.config().targets[0].prices =
      config::PriceSchedule(config::Price{1, 1, 1, 1, 1});
  Start();
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_THAT(
      Lines(),
      AllOf(HasSubstr("\"request_id\":\"" +
                      std::string(reply.Header("x-request-id")) + "\""),
            HasSubstr(R"("client_key":"test","model":"m","provider":"p",)"
                      R"("status":200,"attempts":1,"stream":false,)"
                      R"("input_tokens":7,"cached_input_tokens":0,)"
                      R"("output_tokens":3,"usage":"reported",)"
                      R"("cost_usd":1e-05,)"),
            Not(HasSubstr("error"))));
  EXPECT_EQ(Lines(), "");
}

TEST_F(WorkerAccessLogTest, NeitherBodiesNorSecretsAreInIt) {
  hand_.AddModel(
      "m",
      {AddProvider("p", AnswerEach(HttpAnswer(200, R"({"text":"canary"})")))});
  Start();
  Ask(testing::PostRequest(
      "/v1/chat/completions?key=canary",
      R"({"model":"m","messages":[{"role":"user","content":"canary"}]})",
      "x-weir-session: canary\r\ncookie: canary\r\n"));
  const std::string lines = Lines();
  EXPECT_THAT(lines, HasSubstr("\"status\":200"));
  EXPECT_THAT(lines, Not(HasSubstr("canary")));
  EXPECT_THAT(lines, Not(HasSubstr(std::string(testing::kClientKey))));
}

TEST_F(WorkerAccessLogTest, WhatFailsSaysWhy) {
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, "{}")))});
  hand_.weights().share[0].forbidden = true;
  Start();
  Ask(ChatRequest("m"));
  EXPECT_THAT(Lines(), AllOf(HasSubstr("\"status\":503"),
                             HasSubstr("\"error\":\"no_healthy_provider\""),
                             HasSubstr("\"model\":\"m\"")));
  Ask(ChatRequest("nobody-has-this"));
  EXPECT_THAT(Lines(), AllOf(HasSubstr("\"error\":\"model_not_found\""),
                             HasSubstr("\"client_key\":\"test\""),
                             Not(HasSubstr("nobody-has-this"))));
  Ask("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(Lines(), AllOf(HasSubstr("\"status\":400"),
                             HasSubstr("\"error\":\"bad_request\"")));
}

TEST_F(WorkerAccessLogTest, AStreamThatBreaksIsAFailure) {
  hand_.AddModel("m", {AddProvider("p",
                                   [](testing::ProviderConnection& connection,
                                      int) -> asio::awaitable<void> {
                                     const std::string bytes =
                                         StreamHead() + Chunk(Says("a"));
                                     co_await connection.ReadRequest();
                                     co_await connection.Send(bytes);
                                   })});
  options_.access_log_sample = 0;
  Start();
  Ask(ChatStreamRequest("m"));
  EXPECT_THAT(Lines(), AllOf(HasSubstr("\"stream\":true"),
                             HasSubstr("\"error\":\"stream_interrupted\""),
                             HasSubstr("\"usage\":\"partial\"")));
}

TEST_F(WorkerAccessLogTest, HealthChecksAreNotInIt) {
  StartWithoutSnapshot();
  Ask(GetRequest("/health"));
  EXPECT_EQ(Lines(), "");
}

constexpr char kTrace[] =
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
constexpr char kBody[] = R"({"model":"m","messages":[]})";

TEST_F(WorkerAccessLogTest, ATraceGoesOnToTheProvider) {
  std::promise<std::string> asked;
  hand_.AddModel(
      "m", {AddProvider("p",
                        [&asked](testing::ProviderConnection& connection,
                                 int) -> asio::awaitable<void> {
                          const std::string answer = HttpAnswer(200, "{}");
                          std::string request =
                              co_await connection.ReadRequest();
                          asked.set_value(std::move(request));
                          co_await connection.Send(answer);
                        })});
  Start();
  Ask(testing::PostRequest("/v1/chat/completions", kBody, kTrace));
  const std::string request = asked.get_future().get();
  EXPECT_THAT(request, HasSubstr("traceparent: "
                                 "00-0af7651916cd43dd8448eb211c80319c-"));
  EXPECT_THAT(request, Not(HasSubstr("b7ad6b7169203331")));
  EXPECT_THAT(Lines(), HasSubstr("\"trace_id\":"
                                 "\"0af7651916cd43dd8448eb211c80319c\""));
}

TEST_F(WorkerAccessLogTest, ATraceThatIsNoneIsCounted) {
  hand_.AddModel("m", {AddProvider("p", AnswerEach(HttpAnswer(200, "{}")))});
  Start();
  Ask(testing::PostRequest("/v1/chat/completions", kBody,
                           "traceparent: nonsense\r\n"));
  EXPECT_THAT(Lines(), Not(HasSubstr("trace_id")));
  EXPECT_EQ(Collect().ignored_headers.at("traceparent"), 1U);
}

}  // namespace
}  // namespace weir::dataplane
