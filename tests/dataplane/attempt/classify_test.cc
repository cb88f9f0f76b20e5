#include "dataplane/attempt/classify.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/http1/head.h"
#include "gtest/gtest.h"
#include "tests/dataplane/attempt/parsed_answer.h"

namespace weir::dataplane {
namespace {

// 2027-01-15 08:00:00 UTC.
const absl::Time kClassifiedAt = absl::FromUnixSeconds(1'800'000'000);

std::optional<Failure> Classify(int status, std::string_view body = {},
                                absl::Duration took = absl::ZeroDuration()) {
  return ClassifyAnswer(testing::ParsedAnswer(status).head(), body, took,
                        kClassifiedAt);
}

struct StatusCase {
  std::vector<int> statuses;
  std::optional<Blame> want;
};

TEST(ClassifyAnswerTest, BlameFollowsTheStatus) {
  const std::vector<StatusCase> cases = {
      {{200, 201, 202, 204, 299, 304}, std::nullopt},
      {{400, 405, 406, 409, 410, 411, 413, 415, 418, 421, 422, 424, 426, 428,
        431, 451, 499},
       std::nullopt},
      {{401, 402, 403}, Blame::kCredential},
      {{404}, Blame::kTarget},
      {{429}, Blame::kRateLimited},
      {{408, 425}, Blame::kEndpoint},
      {{500, 501, 502, 503, 504, 505, 520, 524, 529, 599}, Blame::kEndpoint},
      // Redirects are not followed: a credential goes to its own host only.
      {{300, 301, 302, 303, 307, 308, 399}, Blame::kEndpoint},
  };
  for (const StatusCase& c : cases) {
    for (const int status : c.statuses) {
      const std::optional<Failure> failure = Classify(status);
      ASSERT_EQ(failure.has_value(), c.want.has_value()) << status;
      if (!failure.has_value()) continue;
      EXPECT_EQ(failure->blame, *c.want) << status;
      EXPECT_EQ(failure->stage, Stage::kAnswering);
      EXPECT_EQ(failure->status, status);
      EXPECT_EQ(failure->reason, "HTTP " + std::to_string(status));
      EXPECT_FALSE(failure->timed_out);
    }
  }
}

TEST(ClassifyAnswerTest, AnEmptyAccountIsTheCredentialsWhateverTheStatus) {
  for (const std::string_view code :
       {"insufficient_quota", "billing_hard_limit_reached"}) {
    for (const int status : {400, 429, 500}) {
      const std::string quoted = "\"" + std::string(code) + "\"";
      for (const std::string& body : {R"({"error":{"code":)" + quoted + "}}",
                                      R"({"error":{"type" :)"
                                      "\n\t" +
                                          quoted + R"(,"code":null}})"}) {
        ASSERT_TRUE(Classify(status, body).has_value()) << body;
        EXPECT_EQ(Classify(status, body)->blame, Blame::kCredential) << body;
      }
    }
  }
  EXPECT_EQ(Classify(200, R"({"code":"insufficient_quota"})"), std::nullopt);
}

// Otherwise one client could have everybody's credential benched.
TEST(ClassifyAnswerTest, AClientCannotSayThatAnAccountIsEmpty) {
  for (const std::string_view body :
       {R"({"error":{"message":"Unknown parameter: 'insufficient_quota'."}})",
        R"({"error":{"param":"insufficient_quota","code":"unknown"}})",
        R"({"error":{"message":"got {\"code\":\"insufficient_quota\"}"}})",
        R"({"error":{"message":"code: \"insufficient_quota\""}})",
        R"({"error":{"code":"not_insufficient_quota"}})",
        R"(insufficient_quota)", R"("insufficient_quota")",
        R"(:"insufficient_quota")"}) {
    EXPECT_EQ(Classify(400, body), std::nullopt) << body;
    EXPECT_EQ(Classify(429, body)->blame, Blame::kRateLimited) << body;
  }
}

TEST(ClassifyAnswerTest, AGatewaysTimeoutAfterLongWorkIsKnown) {
  for (const int status : {504, 524}) {
    EXPECT_FALSE(Classify(status, "", absl::Seconds(10))->after_long_work);
    EXPECT_TRUE(
        Classify(status, "", absl::Milliseconds(10'001))->after_long_work);
  }
  EXPECT_FALSE(Classify(503, "", absl::Minutes(1))->after_long_work);
}

TEST(ClassifyAnswerTest, TheHintComesAlong) {
  const testing::ParsedAnswer answer(429, "Retry-After: 7\r\n");
  EXPECT_EQ(
      ClassifyAnswer(answer.head(), "", absl::ZeroDuration(), kClassifiedAt)
          ->retry_after,
      absl::Seconds(7));
  EXPECT_EQ(Classify(429)->retry_after, std::nullopt);
}

TEST(ClassifyErrorEventTest, FollowsTheStatusThatItStandsFor) {
  const auto blame = [](std::string_view data) {
    const std::optional<Failure> failure = ClassifyErrorEvent(data);
    if (!failure.has_value()) return std::optional<Blame>();
    EXPECT_EQ(failure->stage, Stage::kAnswering);
    EXPECT_EQ(failure->status, std::nullopt);
    return std::optional<Blame>(failure->blame);
  };
  EXPECT_EQ(blame(R"({"error":{"type":"server_error"}})"), Blame::kEndpoint);
  EXPECT_EQ(blame(R"({"error":{"type":"overloaded_error"}})"),
            Blame::kEndpoint);
  EXPECT_EQ(blame(R"({"error":{"type":"rate_limit_error"}})"),
            Blame::kRateLimited);
  EXPECT_EQ(blame(R"({"error":{"code":429}})"), Blame::kRateLimited);
  EXPECT_EQ(blame(R"({"error":{"message":"rate_limit"}})"), Blame::kEndpoint);
  EXPECT_EQ(blame(R"({"error":{"code":"insufficient_quota"}})"),
            Blame::kCredential);
  EXPECT_EQ(blame(R"({"error":{"type":"authentication_error"}})"),
            Blame::kCredential);
  EXPECT_EQ(blame(R"({"error":{"code":"model_not_found"}})"), Blame::kTarget);
  EXPECT_EQ(blame(R"({"error":{"code":400}})"), std::nullopt);
  EXPECT_EQ(blame(""), Blame::kEndpoint);
  // It goes to a larger model, where there is one.
  const std::optional<Failure> long_one =
      ClassifyErrorEvent(R"({"error":{"code":"context_length_exceeded"}})");
  EXPECT_EQ(long_one->blame, Blame::kClient);
  EXPECT_TRUE(long_one->too_long);
  EXPECT_EQ(ClassifyErrorEvent(R"({"error":{"code":503}})")->reason,
            "error event in the stream, like HTTP 503");
}

struct TooLongCase {
  int status;
  std::string body;
  bool want;
};

TEST(ClassifyAnswerTest, ARequestThatIsTooLongIsKnownInEveryDialect) {
  const std::vector<TooLongCase> cases = {
      {400,
       R"({"error":{"message":"This model's maximum context length is 8192 )"
       R"(tokens.","type":"invalid_request_error","param":"messages",)"
       R"("code":"context_length_exceeded"}})",
       true},
      {400, R"({"error":{"code":"context_length_exceeded"}})", true},
      {413, R"({"error":{"code":"context_length_exceeded"}})", true},
      // vLLM has no code for it.
      {400,
       R"({"object":"error","message":"This model's maximum context length is )"
       R"(4096 tokens.","type":"BadRequestError","code":400})",
       true},
      {400,
       R"({"type":"error","error":{"type":"invalid_request_error",)"
       R"("message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
       true},
      {400,
       R"({"type":"error","error":{"type":"invalid_request_error","message":)"
       R"("input length and `max_tokens` exceed context limit: 1 + 2 > 2"}})",
       true},
      {400,
       R"({"error":{"code":400,"message":"The input token count (1100000) )"
       R"(exceeds the maximum number of tokens allowed (1048576).",)"
       R"("status":"INVALID_ARGUMENT"}})",
       true},
      {400, R"({"error":{"type":"invalid_request_error"}})", false},
      {400, R"({"error":{"param":"context_length_exceeded"}})", false},
      {400, R"({"error":{"message":"Say \"prompt is too long\" again"}})",
       false},
      {413, "<html>too large</html>", false},
  };
  for (const TooLongCase& c : cases) {
    const std::optional<Failure> failure = Classify(c.status, c.body);
    ASSERT_EQ(failure.has_value(), c.want) << c.body;
    if (!c.want) continue;
    EXPECT_EQ(failure->blame, Blame::kClient);
    EXPECT_TRUE(failure->too_long);
  }
}

TEST(ClassifyAnswerTest, AnEmptyAccountOfAnthropicIsKnownByItsMessage) {
  const std::string begin =
      R"({"type":"error","error":{"type":"invalid_request_error","message":)";
  EXPECT_EQ(Classify(400, begin + R"("Your credit balance is too low to )"
                                  R"(access the Anthropic API."}})")
                ->blame,
            Blame::kCredential);
  EXPECT_EQ(Classify(400, begin + R"("no: Your credit balance is too low"}})"),
            std::nullopt);
}

TEST(ClassifyAnswerTest, AnUnknownModelIsToldFromAnUnknownFile) {
  for (const std::string body :
       {R"({"error":{"code":"model_not_found"}})",
        R"({"error":{"code":"DeploymentNotFound"}})",
        R"({"object":"error","type":"NotFoundError","code":404})",
        R"({"type":"error","error":{"type":"not_found_error",)"
        R"("message":"model: claude-0"}})",
        R"({"error":{"code":404,"message":"models/g-0 is not found for )"
        R"(API version v1beta","status":"NOT_FOUND"}})"}) {
    EXPECT_TRUE(Classify(404, body)->no_such_model) << body;
  }
  EXPECT_FALSE(
      Classify(404, R"({"error":{"code":"file_not_found"}})")->no_such_model);
}

}  // namespace

void PrintTo(const Failure& failure, std::ostream* out) {
  *out << failure.reason << ", blame " << static_cast<int>(failure.blame);
}

}  // namespace weir::dataplane
