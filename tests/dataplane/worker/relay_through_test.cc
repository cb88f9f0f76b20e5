// What a client gets when all is well, and that a node changes nothing in it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using ::testing::AllOf;
using testing::AnswerEach;
using testing::Chunk;
using ::testing::EndsWith;
using testing::GetRequest;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::HttpReply;
using testing::kClientKey;
using testing::kDone;
using testing::kLastChunk;
using testing::kRole;
using ::testing::Not;
using testing::PostRequest;
using testing::ProviderConnection;
using testing::Says;
using ::testing::StartsWith;
using testing::StreamHead;

constexpr char kJson[] = "{\"id\": \"x\",\n \"choices\" :[ ] }\n";

class RelayThroughTest : public testing::WorkerFixture {
 protected:
  // A provider that keeps what it is asked and answers `answer`.
  void Serve(std::string answer) {
    const ProviderIndex p =
        AddProvider("p",
                    [this, answer](ProviderConnection& connection,
                                   int) -> asio::awaitable<void> {
                      for (;;) {
                        std::string request = co_await connection.ReadRequest();
                        if (request.empty()) co_return;
                        log_.Add(std::move(request));
                        co_await connection.Send(answer);
                      }
                    });
    hand_.AddModel("m", {p});
    Start();
  }

  std::vector<std::string> Seen() const { return log_.All(); }

 private:
  testing::RequestLog log_;
};

TEST_F(RelayThroughTest, AnAnswerIsTheProvidersByteForByte) {
  Serve(HttpAnswer(200, kJson,
                   "content-type: application/json\r\nx-own: yes\r\n"
                   "x-request-id: theirs\r\nset-cookie: a=b\r\n"));
  const HttpReply reply = Ask(testing::ChatRequest("m"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, kJson);
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(reply.Header("x-own"), "yes");
  EXPECT_EQ(reply.Header("set-cookie"), "");
  EXPECT_EQ(reply.Header("x-weir-provider"), "p");
  EXPECT_EQ(reply.Header("x-weir-model"), "m");
  EXPECT_EQ(reply.Header("x-weir-attempts"), "1");
  EXPECT_EQ(reply.Header("x-weir-overhead-ms"), "0.000");
  EXPECT_THAT(reply.Header("x-request-id"), StartsWith("req_"));
  EXPECT_EQ(reply.Header("x-weir-upstream-request-id"), "theirs");
  EXPECT_EQ(reply.Header("connection"), "");
}

TEST_F(RelayThroughTest, OnlyTheModelsNameIsChangedInARequest) {
  Serve(HttpAnswer(200, kJson));
  Ask(PostRequest(
      "/v1/chat/completions",
      "{ \"messages\":[\"\\u00e9\"] , \"model\" : \"m\", \"z\":1.0}\n",
      "content-type: application/json\r\nx-own: yes\r\n"
      "x-weir-class: fast\r\ncookie: a=b\r\n"));
  EXPECT_THAT(Seen()[0],
              AllOf(StartsWith("POST /v1/chat/completions HTTP/1.1\r\n"),
                    EndsWith("\r\n\r\n{ \"messages\":[\"\\u00e9\"] , \"model\" "
                             ": \"upstream-m\", \"z\":1.0}\n")));
  EXPECT_THAT(Seen()[0],
              AllOf(HasSubstr("authorization: Bearer key-of-p\r\n"),
                    HasSubstr("x-own: yes\r\n"),
                    Not(HasSubstr(std::string(kClientKey))),
                    Not(HasSubstr("x-weir-class")), Not(HasSubstr("cookie"))));
}

TEST_F(RelayThroughTest, PassThroughChangesNothingAtAll) {
  const std::string body("\x01\xff not JSON \0 at all", 20);
  const std::string answer("\xff\x00\x01", 3);
  Serve(
      Concat("HTTP/1.1 201 Created\r\ncontent-type: x/y\r\n"
             "content-length: 3\r\n\r\n",
             answer));
  const HttpReply reply =
      Ask(PostRequest("/v1/files/a%20b?c=d&e", body,
                      "content-type: multipart/form-data; boundary=x\r\n"
                      "x-weir-provider: p\r\n"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.Header("content-type"), "x/y");
  EXPECT_EQ(reply.body, answer);
  EXPECT_THAT(Seen()[0],
              AllOf(StartsWith("POST /v1/files/a%20b?c=d&e HTTP/1.1\r\n"),
                    EndsWith("\r\n\r\n" + body)));
}

TEST_F(RelayThroughTest, PassThroughIsRoutedByTheModelOfAJsonBodyToo) {
  Serve(HttpAnswer(200, kJson));
  const HttpReply reply =
      Ask(PostRequest("/v1/rerank", R"({"model":"m","query":"q"})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(Seen()[0], EndsWith(R"({"model":"upstream-m","query":"q"})"));
}

TEST_F(RelayThroughTest, AStreamIsTheProvidersByteForByte) {
  const std::string stream = std::string(kRole) + Says("a") + ": ping\n\n" +
                             Says("b") + std::string(kDone);
  std::string answer = StreamHead();
  for (std::size_t at = 0; at < stream.size(); at += 7) {
    answer += Chunk(std::string_view(stream).substr(at, 7));
  }
  Serve(answer + std::string(kLastChunk));
  HttpClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    const HttpReply reply = client.Ask(testing::ChatStreamRequest("m"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, stream);
    EXPECT_TRUE(reply.whole);
    EXPECT_EQ(reply.Header("x-accel-buffering"), "no");
  }
  const WorkerReport report = Collect();
  EXPECT_EQ(report.streams_completed, 3U);
  EXPECT_EQ(report.targets.at({"p/upstream-m"}).connections_opened, 1U);
  EXPECT_EQ(report.targets.at({"p/upstream-m"}).connections_reused, 2U);
}

TEST_F(RelayThroughTest, WhatAStreamTookIsAskedForAndNotShown) {
  const std::string usage =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
      "\"completion_tokens\":2,\"completion_tokens_details\":"
      "{\"reasoning_tokens\":1}}}\n\n";
  Serve(StreamHead() + Chunk(std::string(kRole) + Says("a")) +
        Chunk(Says("b")) + Chunk(usage) + Chunk(kDone) +
        std::string(kLastChunk));
  const HttpReply reply = Ask(testing::ChatStreamRequest("m"));
  EXPECT_EQ(reply.body,
            std::string(kRole) + Says("a") + Says("b") + std::string(kDone));
  EXPECT_TRUE(reply.whole);
  EXPECT_THAT(Seen()[0],
              HasSubstr(R"("stream_options":{"include_usage":true})"));
  const UsageCounters counted = Collect().usage.at({"m", "p"});
  EXPECT_EQ(counted.input, 7U);
  EXPECT_EQ(counted.output, 2U);
  EXPECT_EQ(counted.reasoning, 1U);
}

TEST_F(RelayThroughTest, OneConnectionServesRequestAfterRequest) {
  Serve(HttpAnswer(200, kJson));
  HttpClient client = Connect();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.Ask(testing::ChatRequest("m")).status, 200);
  }
  client.Send(testing::ChatRequest("m") + testing::ChatRequest("m") +
              GetRequest("/health"));
  EXPECT_EQ(client.Read().body, kJson);
  EXPECT_EQ(client.Read().body, kJson);
  EXPECT_EQ(client.Read().body, R"({"status":"ok"})");
  const WorkerReport report = Collect();
  EXPECT_EQ(report.connections_accepted, 1U);
  EXPECT_EQ(report.targets.at({"p/upstream-m"}).connections_opened, 1U);
  EXPECT_EQ(report.models.at("m").requests.at(200), 22U);
}

TEST_F(RelayThroughTest, ARequestThatIsCutWhileTheOneBeforeIsServed) {
  Serve(HttpAnswer(200, kJson));
  const std::string second = testing::ChatRequest("m");
  HttpClient client = Connect();
  client.Send(testing::ChatRequest("m") + second.substr(0, second.size() - 5));
  EXPECT_EQ(client.Read().body, kJson);
  client.Send(second.substr(second.size() - 5));
  EXPECT_EQ(client.Read().body, kJson);
  const auto without_id = [](std::string request) {
    return request.erase(request.find("req_"), 36);
  };
  EXPECT_EQ(without_id(Seen()[0]), without_id(Seen()[1]));
}

TEST_F(RelayThroughTest, LargeBodiesPassBothWays) {
  const std::string large(std::size_t{4} << 20, 'l');
  Serve(HttpAnswer(200, large));
  const HttpReply reply = Ask(PostRequest(
      "/v1/embeddings", Concat(R"({"model":"m","input":")", large, "\"}")));
  EXPECT_TRUE(reply.body == large);
  EXPECT_TRUE(reply.whole);
  EXPECT_TRUE(Seen()[0].ends_with(large + "\"}"));
}

TEST_F(RelayThroughTest, AnHttp10ClientGetsAnEndByClose) {
  Serve(StreamHead() + Chunk(Says("a") + std::string(kDone)) +
        std::string(kLastChunk));
  std::string request = testing::ChatStreamRequest("m");
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  const HttpReply reply = Ask(request);
  EXPECT_EQ(reply.Header("transfer-encoding"), "");
  EXPECT_EQ(reply.Header("connection"), "close");
  EXPECT_EQ(reply.body, Says("a") + std::string(kDone));
  EXPECT_TRUE(reply.whole);
}

TEST_F(RelayThroughTest, ModelsAreTheKeysOwn) {
  Serve(HttpAnswer(200, kJson));
  EXPECT_EQ(Ask(GetRequest("/v1/models")).body,
            R"({"object":"list","data":[{"id":"m","object":"model",)"
            R"("created":0,"owned_by":"weir"}]})");
  EXPECT_EQ(Ask(GetRequest("/v1/models/m")).status, 200);
  const HttpReply unknown = Ask(GetRequest("/v1/models/other"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("model_not_found"));
  EXPECT_TRUE(Seen().empty());
}

TEST_F(RelayThroughTest, HeadGetsNoBody) {
  Serve(HttpAnswer(200, kJson));
  std::string request = GetRequest("/health");
  request.replace(0, 3, "HEAD");
  HttpClient client = Connect();
  client.Send(request + GetRequest("/health/full"));
  EXPECT_THAT(std::string(client.AwaitText(R"("models")")),
              AllOf(HasSubstr("content-length: 15\r\n\r\nHTTP/1.1 200"),
                    EndsWith(R"({"status":"ok","models":1})")));
}

}  // namespace
}  // namespace weir::dataplane
