#include "tests/simprovider/provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "tests/simprovider/openai/openai.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_random.h"

namespace weir::simprovider {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ProviderTest : public ::testing::Test {
 protected:
  ProviderTest()
      : stats_(board_.AddThread()),
        provider_({.name = "alpha",
                   .dialect = std::make_unique<OpenAi>("alpha"),
                   .control = control_,
                   .board = board_,
                   .stats = stats_,
                   .clock = clock_,
                   .random = std::make_unique<weir::testing::FakeRandom>()}) {}

  void Set(std::string_view settings) {
    ASSERT_TRUE(control_.Merge(settings).ok());
  }

  Provider::Reaction React(std::string_view method, std::string_view path,
                           std::string_view body) {
    body_ = std::string(body);
    body_.reserve(body_.size() + 64);
    Request request;
    request.method = method;
    request.path = path;
    request.head = "HEAD";
    request.body = body_;
    request.headers = headers_;
    return provider_.React(request, Stats::Connection::kFresh);
  }

  // All bytes of the reaction; how it ended goes to `ending_`.
  std::string Play(Provider::Reaction reaction) {
    std::string out;
    for (;;) {
      const Playback::Step step = reaction.playback.Next(out);
      if (const Ending* ending = std::get_if<Ending>(&step)) {
        ending_ = *ending;
        return out;
      }
    }
  }

  std::string Chat() {
    return Play(React("POST", "/v1/chat/completions", R"({"model":"m"})"));
  }
  std::string ChatStream() {
    return Play(React("POST", "/v1/chat/completions",
                      R"({"model":"m","stream":true})"));
  }
  std::string Get(std::string_view path) {
    return Play(React("GET", path, ""));
  }
  std::string Post(std::string_view path, std::string_view body) {
    return Play(React("POST", path, body));
  }

  weir::testing::FakeClock clock_;
  Control control_{Settings()};
  StatsBoard board_;
  Stats& stats_;
  Provider provider_;
  decltype(Request::headers) headers_;
  std::string body_;
  Ending ending_ = Ending::kKeepOpen;
};

TEST_F(ProviderTest, AnswersInItsDialectAndSaysWhoItIs) {
  EXPECT_THAT(Chat(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                            HasSubstr("x-simprovider: alpha\r\n"),
                            HasSubstr("alpha answers:")));
}

TEST_F(ProviderTest, WantsItsKey) {
  Set(R"({"api_key":"k"})");
  EXPECT_THAT(Chat(),
              AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("invalid_api_key")));
  headers_ = {{"Authorization", "Bearer wrong"}};
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 401"));
  headers_ = {{"Authorization", "Bearer k"}};
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ProviderTest, LimitsTheRateAndSaysWhenItMayGoOn) {
  Set(R"({"rate_limit":{"requests":2,"window":"60s"}})");
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 200"));
  clock_.Advance(absl::Milliseconds(17'500));
  EXPECT_THAT(Chat(), AllOf(StartsWith("HTTP/1.1 429"),
                            HasSubstr("retry-after: 43\r\n"),
                            HasSubstr("x-ratelimit-limit-requests: 2\r\n"),
                            HasSubstr("x-ratelimit-remaining-requests: 0\r\n"),
                            HasSubstr("x-ratelimit-reset-requests: 43s\r\n"),
                            HasSubstr("rate_limit_exceeded")));
  clock_.Advance(absl::Milliseconds(42'500));
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ProviderTest, FailsWithTheStatusItIsToldFor) {
  Set(R"({"status":{"code":529,"headers":{"retry-after-ms":"5",
                                          "Content-Type":"text/html"},
                    "body":"<html>","count":1}})");
  EXPECT_THAT(Chat(), AllOf(StartsWith("HTTP/1.1 529"),
                            HasSubstr("content-type: text/html\r\n"),
                            HasSubstr("retry-after-ms: 5\r\n"),
                            HasSubstr("\r\n\r\n<html>")));
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ProviderTest, AStatusWithoutABodyHasTheDialectsAndIsNoStream) {
  Set(R"({"status":{"code":500}})");
  EXPECT_THAT(ChatStream(), AllOf(StartsWith("HTTP/1.1 500"),
                                  HasSubstr("\"type\":\"server_error\""),
                                  Not(HasSubstr("event-stream"))));
}

TEST_F(ProviderTest, AFaultMayBefallOneModelOnly) {
  Set(R"({"status":{"code":404,"model":"other"}})");
  EXPECT_THAT(Chat(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ProviderTest, ResetsAndHangsWhereItIsTold) {
  Set(R"({"reset_connection":{"after_bytes":20}})");
  EXPECT_EQ(Chat().size(), 20U);
  EXPECT_EQ(ending_, Ending::kReset);
  Set(R"({"reset_connection":null,"hang":{}})");
  EXPECT_EQ(Chat(), "");
  EXPECT_EQ(ending_, Ending::kSilence);
}

TEST_F(ProviderTest, EndsAStreamWithAnErrorEvent) {
  Set(R"({"stream_error":{"after_events":1}})");
  const std::string out = ChatStream();
  EXPECT_THAT(out, AllOf(StartsWith("HTTP/1.1 200"),
                         HasSubstr("data: {\"error\":{\"message\":"),
                         Not(HasSubstr("[DONE]"))));
  Set(R"({"stream_error":{"body":{"error":{"code":"x"}}}})");
  EXPECT_THAT(ChatStream(),
              HasSubstr("data: {\"error\":{\"code\":\"x\"}}\n\n"));
}

// Otherwise a count would be used up by requests that the fault can't befall.
TEST_F(ProviderTest, FaultsOfStreamsLeaveOtherAnswersAlone) {
  Set(R"({"stream_error":{"count":1}})");
  EXPECT_THAT(Chat(), HasSubstr("alpha answers:"));
  EXPECT_THAT(ChatStream(), HasSubstr("\"error\""));
}

TEST_F(ProviderTest, TakesTheTimeItIsTold) {
  constexpr std::string_view kPath = "/v1/chat/completions";
  Set(R"({"latency":"30ms","tokens":4,"tokens_per_second":100})");
  // A whole answer comes with its last token, a stream with its first.
  EXPECT_EQ(React("POST", kPath, R"({"model":"m"})").playback.first_wait(),
            absl::Milliseconds(70));
  EXPECT_EQ(React("POST", kPath, R"({"model":"m","stream":true})")
                .playback.first_wait(),
            absl::Milliseconds(30));
  EXPECT_EQ(React("GET", "/__stats", "").playback.first_wait(),
            absl::ZeroDuration());
}

TEST_F(ProviderTest, ControlShowsAndChangesTheSettings) {
  EXPECT_THAT(Post("/__control", R"({"tokens":2})"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"tokens\":2,")));
  EXPECT_THAT(Get("/__control"), HasSubstr("\"tokens\":2,"));
  EXPECT_THAT(Post("/__control", R"({"token":2})"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("'token'")));
  EXPECT_THAT(Post("/__control", "nonsense"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Get("/__control"), HasSubstr("\"tokens\":2,"));
  EXPECT_THAT(Post("/__control", R"({"reset":true})"),
              HasSubstr("\"tokens\":16,"));
}

TEST_F(ProviderTest, ControlIsReachedWhateverIsWrong) {
  Set(R"({"api_key":"k","status":{"code":500},"hang":{}})");
  EXPECT_THAT(Get("/__control"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/__other"), StartsWith("HTTP/1.1 404"));
}

TEST_F(ProviderTest, StatsTellWhatCame) {
  Chat();
  stats_.Ended(Outcome::kCompleted, 100);
  Chat();
  Get("/v1/models");
  stats_.Ended(Outcome::kCancelled, 5);
  Set(R"({"status":{"code":503}})");
  Post("/v1/embeddings", R"({"model":"e"})");
  const std::string stats = Get("/__stats");
  simdjson::dom::parser parser;
  const simdjson::dom::element json = parser.parse(
      simdjson::padded_string(stats.substr(stats.find("\r\n\r\n") + 4)));
  EXPECT_EQ(std::string_view(json["name"]), "alpha");
  EXPECT_EQ(std::int64_t(json["requests"]["total"]), 4);
  EXPECT_EQ(std::int64_t(json["requests"]["completed"]), 1);
  EXPECT_EQ(std::int64_t(json["requests"]["cancelled"]), 1);
  EXPECT_EQ(std::int64_t(json["requests"]["in_flight"]), 2);
  EXPECT_EQ(std::int64_t(json["bytes"]["out"]), 105);
  EXPECT_EQ(std::int64_t(json["by_status"]["200"]), 3);
  EXPECT_EQ(std::int64_t(json["by_status"]["503"]), 1);
  EXPECT_EQ(std::int64_t(json["by_path"]["/v1/chat/completions"]["200"]), 2);
  EXPECT_EQ(std::int64_t(json["by_model"]["m"]), 2);
  EXPECT_EQ(std::int64_t(json["by_model"]["e"]), 1);
  EXPECT_EQ(std::string_view(json["last_request"]["head"]), "HEAD");
  EXPECT_EQ(std::string_view(json["last_request"]["body"]), R"({"model":"e"})");
}

TEST_F(ProviderTest, StatsAreForgottenExceptWhatRuns) {
  Chat();
  Chat();
  stats_.Ended(Outcome::kCompleted, 1);
  EXPECT_THAT(
      Post("/__stats/reset", ""),
      AllOf(HasSubstr(R"("total":1,"reused":0,"in_flight":1)"),
            HasSubstr("\"by_path\":{}"), HasSubstr("\"last_request\":null")));
}

TEST(StatsBoardTest, ThreadsAreAddedUpAndTheNewestRequestIsTheLast) {
  StatsBoard board;
  Stats& first = board.AddThread();
  Stats& second = board.AddThread();
  const auto count = [&board](Stats& stats, std::string_view body) {
    Request request;
    request.path = "/p";
    request.body = body;
    stats.Began(request, board.NextSequence(), "m", 200,
                Stats::Connection::kReused);
  };
  count(first, "1");
  count(second, "2");
  count(first, "3");
  count(second, "4");
  count(first, "5");
  first.ConnectionOpened();
  second.ConnectionOpened();
  second.ConnectionClosed();
  EXPECT_THAT(board.ToJson("a"),
              AllOf(HasSubstr(R"("connections":{"accepted":2,"open":1})"),
                    HasSubstr(R"("total":5,"reused":5)"),
                    HasSubstr(R"("by_path":{"/p":{"200":5}})"),
                    HasSubstr(R"("body":"5")")));
}

TEST(StatsBoardTest, ClientsCantMakeItGrowWithoutBound) {
  StatsBoard board;
  Stats& stats = board.AddThread();
  for (int i = 0; i < 1100; ++i) {
    const std::string path = "/" + std::to_string(i);
    Request request;
    request.path = path;
    stats.Began(request, board.NextSequence(), path, 200,
                Stats::Connection::kFresh);
  }
  EXPECT_THAT(board.ToJson("a"), AllOf(HasSubstr("\"(others)\":{\"200\":100}"),
                                       HasSubstr("\"(others)\":100")));
}

}  // namespace
}  // namespace weir::simprovider
