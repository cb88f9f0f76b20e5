#include "dataplane/attempt/classify.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/http1/head.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

// 2027-01-15 08:00:00 UTC.
const absl::Time kWallNow = absl::FromUnixSeconds(1'800'000'000);

class ParsedAnswer {
 public:
  explicit ParsedAnswer(int status, const std::string& lines = {})
      : text_("HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + lines +
              "\r\n") {
    EXPECT_EQ(
        http1::ParseResponseHead(text_, http1::Method::kPost, head_).state,
        http1::ParseState::kComplete)
        << text_;
  }
  ParsedAnswer(const ParsedAnswer&) = delete;
  ParsedAnswer& operator=(const ParsedAnswer&) = delete;
  const http1::ResponseHead& head() const { return head_; }

 private:
  const std::string text_;
  http1::ResponseHead head_;
};

std::optional<Failure> Classify(int status, std::string_view body = {},
                                absl::Duration took = absl::ZeroDuration()) {
  return ClassifyAnswer(ParsedAnswer(status).head(), body, took, kWallNow);
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
  const ParsedAnswer answer(429, "Retry-After: 7\r\n");
  EXPECT_EQ(ClassifyAnswer(answer.head(), "", absl::ZeroDuration(), kWallNow)
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
  EXPECT_EQ(ClassifyErrorEvent(R"({"error":{"code":503}})")->reason,
            "error event in the stream, like HTTP 503");
}

struct HintCase {
  std::string lines;
  std::optional<absl::Duration> want;
};

TEST(RetryHintTest, FollowsTheTable) {
  const std::vector<HintCase> cases = {
      {"", std::nullopt},
      {"Retry-After: 3\r\n", absl::Seconds(3)},
      {"Retry-After: 1.5\r\n", absl::Milliseconds(1500)},
      {"Retry-After-Ms: 250\r\n", absl::Milliseconds(250)},
      // The finer one counts, if it makes sense.
      {"Retry-After: 3\r\nretry-after-ms: 2500\r\n", absl::Milliseconds(2500)},
      {"Retry-After: 3\r\nretry-after-ms: soon\r\n", absl::Seconds(3)},
      {"Retry-After: 3\r\nretry-after-ms: -1\r\n", absl::Seconds(3)},
      {"Retry-After: Fri, 15 Jan 2027 08:00:30 GMT\r\n", absl::Seconds(30)},
      {"Retry-After: Fri, 15 Jan 2027 07:00:00 GMT\r\n",
       absl::Milliseconds(100)},
      {"Retry-After: Fri, 15 Jan 2029 08:00:00 GMT\r\n", absl::Hours(24)},
      {"Retry-After: 0\r\n", absl::Milliseconds(100)},
      {"Retry-After: 1e300\r\n", absl::Hours(24)},
      {"Retry-After: 999999999999999999999\r\n", absl::Hours(24)},
      {"Retry-After: -3\r\n", std::nullopt},
      {"Retry-After:\r\n", std::nullopt},
      {"Retry-After: later\r\n", std::nullopt},
      {"Retry-After: inf\r\n", std::nullopt},
      {"Retry-After: nan\r\n", std::nullopt},
      {"Retry-After: 3 seconds\r\n", std::nullopt},
      {"Retry-After: Fri, 15 Jan 2027\r\n", std::nullopt},
      {"Retry-After: 2027-01-15T08:00:30Z\r\n", std::nullopt},
  };
  for (const HintCase& c : cases) {
    const ParsedAnswer answer(429, c.lines);
    EXPECT_EQ(RetryHint(answer.head(), kWallNow), c.want) << c.lines;
  }
}

}  // namespace

void PrintTo(const Failure& failure, std::ostream* out) {
  *out << failure.reason << ", blame " << static_cast<int>(failure.blame);
}

}  // namespace weir::dataplane
