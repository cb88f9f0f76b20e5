// Every error that a client can be told: status, code, and what becomes of its
// connection. Nothing of a refused request reaches a provider.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/concat.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/worker_fixture.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using testing::ChatRequest;
using testing::GetRequest;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::HttpReply;
using testing::PostRequest;
using testing::ProviderConnection;
using ::testing::StartsWith;

constexpr char kChat[] = "/v1/chat/completions";

enum class After { kKeepOpen, kClose };

struct Refused {
  std::string name;
  std::string request;
  int status;
  std::string code;
  After after = After::kKeepOpen;
};
void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.name;
}

std::string WithKey(std::string request, std::string_view key) {
  const std::string own(testing::kClientKey);
  return request.replace(request.find(own), own.size(), key);
}

class RefusalTest : public testing::WorkerFixture,
                    public ::testing::WithParamInterface<Refused> {
 protected:
  void SetUp() override {
    const auto p = AddProvider(
        "p",
        [this](ProviderConnection& connection, int) -> asio::awaitable<void> {
          log_.Add(co_await connection.ReadRequest());
          co_await connection.Send(HttpAnswer(200, "{}"));
        });
    hand_.AddModel("m", {p});
    hand_.AddModel("mine", {p});
    hand_.AddKey("narrow-key", {1});
    options_.limits.max_body_bytes = 100'000;
    Start();
  }

  testing::RequestLog log_;
};

TEST_P(RefusalTest, IsToldWithItsCode) {
  HttpClient client = Connect();
  const HttpReply reply = client.Ask(GetParam().request);
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_TRUE(reply.whole);
  EXPECT_THAT(reply.body, StartsWith(R"({"error":{"message":")"));
  EXPECT_THAT(reply.body, HasSubstr("\"code\":\"" + GetParam().code + "\""));
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(reply.Header("x-weir-error-source"), "gateway");
  EXPECT_EQ(reply.Header("x-should-retry"), "false");
  EXPECT_THAT(reply.Header("x-request-id"), StartsWith("req_"));
  if (GetParam().after == After::kKeepOpen) {
    EXPECT_EQ(reply.Header("connection"), "");
    EXPECT_EQ(client.Ask(GetRequest("/health")).status, 200);
  } else {
    EXPECT_EQ(reply.Header("connection"), "close");
    EXPECT_EQ(client.AwaitEnd(), HttpClient::End::kOrderly);
  }
  EXPECT_TRUE(log_.All().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusalTest,
    ::testing::ValuesIn(std::vector<Refused>{
        {"NoKey", "GET /v1/models HTTP/1.1\r\nhost: h\r\n\r\n", 401,
         "invalid_api_key"},
        {"WrongKey", WithKey(ChatRequest("m"), "wrong"), 401,
         "invalid_api_key"},
        {"UnknownModel", ChatRequest("none"), 404, "model_not_found"},
        {"ForbiddenModel", WithKey(ChatRequest("m"), "narrow-key"), 403,
         "model_not_allowed"},
        {"ForbiddenProvider",
         WithKey(PostRequest("/v1/x", "", "x-weir-provider: p\r\n"),
                 "narrow-key"),
         403, "provider_not_allowed"},
        {"UnknownProvider",
         PostRequest("/v1/x", "", "x-weir-provider: none\r\n"), 404,
         "provider_not_found"},
        {"NoModel", PostRequest(kChat, "{}"), 400, "missing_model"},
        {"NothingToRouteBy", PostRequest("/v1/x", ""), 400, "missing_model"},
        {"NoJson", PostRequest(kChat, R"({"model":"m")"), 400, "invalid_json"},
        {"NoUtf8", PostRequest(kChat, "{\"model\":\"m\",\"x\":\"\xff\"}"), 400,
         "invalid_json"},
        {"TwoModels", PostRequest(kChat, R"({"model":"m","model":"mine"})"),
         400, "duplicate_field"},
        {"TooDeep",
         PostRequest(kChat,
                     Concat(R"({"model":"m","x":)", std::string(100, '['),
                            std::string(100, ']'), "}")),
         400, "invalid_json"},
        {"UnknownPath", GetRequest("/nothing"), 404, "unknown_path"},
        {"WrongMethod", GetRequest(kChat), 405, "method_not_allowed"},
        {"TooLarge", PostRequest(kChat, std::string(100'001, ' ')), 413,
         "request_too_large", After::kClose},
        {"MuchTooLarge", PostRequest(kChat, std::string(20'000'000, ' ')), 413,
         "request_too_large", After::kClose},
        {"HeadTooLarge",
         GetRequest("/health", Concat("x: ", std::string(70'000, 'x'), "\r\n")),
         431, "head_too_large", After::kClose},
        {"BadFraming",
         "POST /v1/x HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n"
         "transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
         400, "bad_request", After::kClose},
        {"BadChunks",
         "POST /v1/x HTTP/1.1\r\nhost: h\r\n"
         "transfer-encoding: chunked\r\n\r\nxyz\r\n",
         400, "bad_request", After::kClose},
        {"Connect", "CONNECT h:1 HTTP/1.1\r\nhost: h\r\n\r\n", 405,
         "method_not_allowed", After::kClose},
        {"UnknownMethod", "BREW / HTTP/1.1\r\nhost: h\r\n\r\n", 501,
         "unknown_method", After::kClose},
        {"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "bad_request",
         After::kClose},
        {"UnknownExpectation", "GET / HTTP/1.1\r\nhost: h\r\nexpect: x\r\n\r\n",
         417, "bad_request", After::kClose},
    }),
    [](const auto& test) { return test.param.name; });

struct Failed {
  std::string name;
  // What the only provider says; it closes then.
  std::string answer;
  int status;
  std::string code;
  std::string should_retry;
};
void PrintTo(const Failed& failed, std::ostream* out) { *out << failed.name; }

class FailedProviderTest : public testing::WorkerFixture,
                           public ::testing::WithParamInterface<Failed> {};

TEST_P(FailedProviderTest, IsToldWhatHappened) {
  const std::string answer = GetParam().answer;
  const auto p = AddProvider(
      "p",
      [answer](ProviderConnection& connection, int) -> asio::awaitable<void> {
        co_await connection.ReadRequest();
        co_await connection.Send(answer);
      });
  hand_.AddModel("m", {p, p, p});
  Start();
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_THAT(reply.body, HasSubstr(GetParam().code));
  EXPECT_EQ(reply.Header("x-should-retry"), GetParam().should_retry);
  EXPECT_EQ(reply.Header("x-weir-provider"), "p");
  EXPECT_EQ(reply.Header("x-weir-attempts"), "3");
  EXPECT_EQ(reply.Header("retry-after") != "", reply.status == 429);
  EXPECT_EQ(Collect().models.at("m").requests.at(GetParam().status), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FailedProviderTest,
    ::testing::ValuesIn(std::vector<Failed>{
        {"SaysNothing", "", 502, "provider_failed", "false"},
        {"CutShort", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", 502,
         "provider_failed", "false"},
        {"ItsOwnError", HttpAnswer(500, R"({"error":"theirs"})"), 500,
         R"({"error":"theirs"})", "false"},
        {"AnErrorPageIsNotPassedOn",
         HttpAnswer(500, "<html>", "content-type: text/html\r\n"), 502,
         "provider_failed", "false"},
        {"RateLimit", HttpAnswer(429, R"({"error":"slow down"})"), 429,
         R"({"error":"slow down"})", "true"},
        {"OurCredentialStaysOurs", HttpAnswer(401, R"({"error":"bad key"})"),
         502, "provider_credential_refused", "false"},
    }),
    [](const auto& test) { return test.param.name; });

class NobodyTest : public testing::WorkerFixture {};

TEST_F(NobodyTest, AProviderThatIsLateIsA504) {
  testing::Event& arrived = NewEvent();
  const auto p = AddProvider(
      "p",
      [&arrived](ProviderConnection& connection, int) -> asio::awaitable<void> {
        co_await connection.ReadRequest();
        arrived.Set();
        co_await connection.AwaitClose();
      });
  hand_.AddModel("m", {p});
  hand_.config().providers[p].timeouts.normal = absl::Seconds(15);
  Start();
  HttpClient client = Connect();
  // Sent again it would cost twice.
  client.Send(PostRequest("/v1/rerank", R"({"model":"m"})"));
  arrived.Wait();
  clock_.Advance(absl::Seconds(16));
  const HttpReply reply = client.Read();
  EXPECT_EQ(reply.status, 504);
  EXPECT_THAT(reply.body, HasSubstr("gateway_timeout"));
}

TEST_F(NobodyTest, NoTargetThatMayBeAskedIsAQuick503) {
  hand_.AddModel("m", {hand_.AddProvider("p", 1)});
  hand_.weights().share[0].forbidden = true;
  Start();
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("no_healthy_provider"));
  EXPECT_EQ(reply.Header("retry-after"), "5");
  EXPECT_EQ(reply.Header("x-should-retry"), "true");
}

TEST_F(NobodyTest, AnOpenBreakerSaysWhenToComeAgain) {
  const auto p = hand_.AddProvider("p", 1);
  hand_.AddModel("m", {p, p, p});
  Start();
  // Port 1 refuses: three attempts in a row open the breaker.
  EXPECT_EQ(Ask(ChatRequest("m")).status, 502);
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("no_healthy_provider"));
  EXPECT_EQ(reply.Header("retry-after"), "30");
  EXPECT_EQ(reply.Header("x-weir-attempts"), "");
}

TEST_F(NobodyTest, WithoutASnapshotANodeIsAliveAndNotReady) {
  StartWithoutSnapshot();
  EXPECT_EQ(Ask(GetRequest("/health")).status, 200);
  EXPECT_EQ(Ask(GetRequest("/health/full")).status, 503);
  const HttpReply reply = Ask(ChatRequest("m"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("not_ready"));
}

class RepeatedSecretTest : public testing::WorkerFixture {};

// A 400 is the last attempt's answer as it came, a 503 is what is left of it.
TEST_F(RepeatedSecretTest, AnErrorDoesNotTellAClientOurCredential) {
  const auto repeat = [](std::string_view secret) {
    return Concat(R"({"error":{"message":"not by )", secret, R"(!"}})");
  };
  const auto add = [&](int status, const std::string& provider) {
    const std::string secret = Concat("key-of-", provider);
    return AddProvider(provider,
                       testing::AnswerEach(HttpAnswer(
                           status, repeat(secret),
                           Concat("x-echo: ", secret,
                                  "\r\ncontent-type: application/json\r\n"))));
  };
  hand_.AddModel("wrong", {add(400, "p")});
  const auto away = add(503, "q");
  hand_.AddModel("away", {away, away, away});
  Start();
  for (const char* model : {"wrong", "away"}) {
    const HttpReply reply = Ask(ChatRequest(model));
    EXPECT_EQ(reply.body, repeat("********"));
    EXPECT_EQ(reply.Header("x-echo"), "");
  }
}

}  // namespace
}  // namespace weir::dataplane
