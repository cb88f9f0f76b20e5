#include "dataplane/account/refusal.h"

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1000);

// After two attempts, the last at `p`.
Refusal After(const NoAnswer& none) {
  return RefusalOf(none, 2, "p", dialect::OpenAi(), kNow);
}

NoAnswer Failed(Blame blame) {
  Failure failure{};
  failure.blame = blame;
  failure.stage = Stage::kAnswering;
  failure.reason = "the reason";
  NoAnswer none;
  none.failure = failure;
  return none;
}

NoAnswer Answered(Blame blame, int status, const std::string& body,
                  const std::string& content_type = "application/json") {
  NoAnswer none = Failed(blame);
  none.failure->status = status;
  none.body = body;
  none.content_type = content_type;
  return none;
}

// The `code` of an error in the API's form.
std::string CodeIn(const std::string& body) {
  simdjson::dom::parser parser;
  std::string_view code;
  EXPECT_EQ(parser.parse(body)["error"]["code"].get(code), simdjson::SUCCESS)
      << body;
  return std::string(code);
}

struct OwnErrorCase {
  int status;
  bool should_retry;
  std::optional<absl::Duration> retry_after;
};

TEST(RefusalOfErrorTest, OnlyOverloadPassesByItself) {
  const std::vector<OwnErrorCase> cases = {
      {400, false, std::nullopt}, {401, false, std::nullopt},
      {404, false, std::nullopt}, {413, false, std::nullopt},
      {501, false, std::nullopt}, {503, true, absl::Seconds(1)},
  };
  for (const OwnErrorCase& c : cases) {
    const Refusal refusal =
        RefusalOf(dialect::ApiError{c.status, "some_code", "Words.", "model"},
                  dialect::OpenAi());
    EXPECT_EQ(refusal.answer.status, c.status);
    EXPECT_EQ(refusal.answer.error_source, ErrorSource::kGateway);
    EXPECT_EQ(refusal.answer.should_retry, c.should_retry);
    EXPECT_EQ(refusal.answer.retry_after, c.retry_after);
    EXPECT_EQ(refusal.code, "some_code");
    EXPECT_EQ(CodeIn(refusal.body), "some_code");
    EXPECT_THAT(refusal.body, HasSubstr("Words."));
  }
}

struct FailureCase {
  std::string name;
  NoAnswer none;
  int status;
  std::string code;
  bool should_retry;
  std::optional<absl::Duration> retry_after;
};

NoAnswer WithChance(absl::Time next_chance) {
  NoAnswer none;
  none.next_chance = next_chance;
  return none;
}

NoAnswer AtCapacity() {
  NoAnswer none;
  none.at_capacity = true;
  return none;
}

NoAnswer ShortOfFiles() {
  NoAnswer none = Failed(Blame::kNobody);
  none.failure->short_of_files = true;
  return none;
}

NoAnswer TimedOut() {
  NoAnswer none = Failed(Blame::kEndpoint);
  none.failure->timed_out = true;
  return none;
}

NoAnswer OutOfItsOwnTime() {
  NoAnswer none = TimedOut();
  none.failure->blame = Blame::kNobody;
  return none;
}

NoAnswer FullAfterAFailure() {
  NoAnswer none = Failed(Blame::kEndpoint);
  none.at_capacity = true;
  return none;
}

NoAnswer Limited(absl::Duration retry_after) {
  NoAnswer none = Failed(Blame::kRateLimited);
  none.failure->retry_after = retry_after;
  return none;
}

TEST(RefusalOfErrorTest, IsSaidInTheClientsDialect) {
  const dialect::ApiError error{404, "model_not_found", "Words.", "model"};
  for (const auto* dialect :
       {&dialect::OpenAi(), &dialect::Anthropic(), &dialect::Gemini()}) {
    const Refusal refusal = RefusalOf(error, *dialect);
    EXPECT_EQ(refusal.body, dialect->ErrorBody(error));
    EXPECT_EQ(refusal.code, "model_not_found");
    EXPECT_EQ(refusal.answer.status, 404);
  }
}

TEST(RefusalOfNoAnswerTest, WhatNobodyCanSayIsTheClientsToChange) {
  NoAnswer none;
  none.untranslatable = {400, "not_translatable", "Words."};
  EXPECT_EQ(After(none).answer.status, 400);
  EXPECT_EQ(After(none).code, "not_translatable");
  // Somebody who could is away for a while.
  none.next_chance = kNow + absl::Seconds(3);
  EXPECT_EQ(After(none).answer.status, 503);
  none.next_chance = absl::InfiniteFuture();
  none.at_capacity = true;
  EXPECT_EQ(After(none).code, "provider_at_capacity");
}

TEST(RefusalOfNoAnswerTest, FollowsTheTable) {
  const std::vector<FailureCase> cases = {
      {"NobodyKnowsWhen", WithChance(absl::InfiniteFuture()), 503,
       "no_healthy_provider", true, absl::Seconds(5)},
      {"SomebodyKnowsWhen", WithChance(kNow + absl::Milliseconds(700)), 503,
       "no_healthy_provider", true, absl::Milliseconds(700)},
      {"AtCapacity", AtCapacity(), 503, "provider_at_capacity", true,
       absl::Seconds(1)},
      {"FullAfterAFailure", FullAfterAFailure(), 503, "provider_at_capacity",
       true, absl::Seconds(1)},
      {"OutOfItsOwnTime", OutOfItsOwnTime(), 504, "gateway_timeout", false,
       std::nullopt},
      {"ShortOfFiles", ShortOfFiles(), 503, "overloaded", true,
       absl::Seconds(1)},
      {"Shutdown", Failed(Blame::kNobody), 503, "shutting_down", true,
       absl::Seconds(1)},
      {"Credential", Failed(Blame::kCredential), 502,
       "provider_credential_refused", false, std::nullopt},
      {"RateLimit", Failed(Blame::kRateLimited), 429, "provider_rate_limited",
       true, absl::Seconds(1)},
      {"RateLimitWithHint", Limited(absl::Seconds(9)), 429,
       "provider_rate_limited", true, absl::Seconds(9)},
      {"TimedOut", TimedOut(), 504, "gateway_timeout", false, std::nullopt},
      {"Endpoint", Failed(Blame::kEndpoint), 502, "provider_failed", false,
       std::nullopt},
      {"Target", Failed(Blame::kTarget), 502, "provider_failed", false,
       std::nullopt},
  };
  for (const FailureCase& c : cases) {
    const Refusal refusal = After(c.none);
    EXPECT_EQ(refusal.answer.status, c.status) << c.name;
    EXPECT_EQ(refusal.answer.error_source, ErrorSource::kGateway) << c.name;
    EXPECT_EQ(refusal.answer.should_retry, c.should_retry) << c.name;
    EXPECT_EQ(refusal.answer.retry_after, c.retry_after) << c.name;
    EXPECT_EQ(refusal.code, c.code) << c.name;
    EXPECT_EQ(CodeIn(refusal.body), c.code) << c.name;
  }
}

TEST(RefusalOfNoAnswerTest, TellsWhatHappened) {
  EXPECT_THAT(After(Failed(Blame::kEndpoint)).body,
              HasSubstr("2 attempts failed, the last at p: the reason."));
  EXPECT_THAT(
      RefusalOf(Failed(Blame::kEndpoint), 1, "p", dialect::OpenAi(), kNow).body,
      HasSubstr("1 attempt failed"));
}

TEST(RefusalOfNoAnswerTest, AProvidersErrorIsGivenAsItIs) {
  const std::string body = R"({"error":{"message":"theirs"}})";
  for (const std::string type :
       {"application/json", "Application/JSON; charset=utf-8"}) {
    const Refusal refusal = After(Answered(Blame::kEndpoint, 500, body, type));
    EXPECT_EQ(refusal.answer.status, 500);
    EXPECT_EQ(refusal.answer.error_source, ErrorSource::kProvider);
    EXPECT_EQ(refusal.answer.should_retry, false);
    EXPECT_EQ(refusal.answer.retry_after, std::nullopt);
    EXPECT_EQ(refusal.body, body);
    EXPECT_EQ(refusal.code, "provider_error");
  }
  EXPECT_EQ(After(Answered(Blame::kTarget, 404, body)).answer.status, 404);
}

TEST(RefusalOfNoAnswerTest, AProvidersLimitPasses) {
  NoAnswer none = Answered(Blame::kRateLimited, 429, R"({"error":{}})");
  Refusal refusal = After(none);
  EXPECT_EQ(refusal.answer.status, 429);
  EXPECT_EQ(refusal.answer.should_retry, true);
  EXPECT_EQ(refusal.answer.retry_after, absl::Seconds(1));
  EXPECT_EQ(refusal.code, "provider_rate_limited");
  EXPECT_EQ(refusal.body, none.body);
  none.failure->retry_after = absl::Seconds(30);
  refusal = After(none);
  EXPECT_EQ(refusal.answer.retry_after, absl::Seconds(30));
}

TEST(RefusalOfNoAnswerTest, OurAccountAtAProviderIsNotTheClientsAffair) {
  const std::string body =
      R"({"error":{"message":"Incorrect API key provided: sk-canary"}})";
  for (const int status : {401, 402, 403, 429}) {
    const Refusal refusal = After(Answered(Blame::kCredential, status, body));
    EXPECT_EQ(refusal.answer.status, 502);
    EXPECT_EQ(refusal.code, "provider_credential_refused");
    EXPECT_THAT(refusal.body, Not(HasSubstr("canary")));
  }
}

TEST(WordsForLogTest, AProvidersAreNotInThere) {
  const std::string body = R"({"error":{"message":"what you said: canary"}})";
  const Refusal provider = After(Answered(Blame::kEndpoint, 503, body));
  EXPECT_EQ(provider.body, body);
  EXPECT_EQ(WordsForLog(provider), "in the provider's words");
  const Refusal own = After(Answered(Blame::kEndpoint, 503, ""));
  EXPECT_EQ(WordsForLog(own), own.body);
}

TEST(RefusalOfNoAnswerTest, WhatIsNoJsonIsNotGivenToAnSdk) {
  for (const std::string type : {"text/html", "", "text/plain"}) {
    const Refusal refusal =
        After(Answered(Blame::kEndpoint, 503, "<html>canary", type));
    EXPECT_EQ(refusal.answer.status, 502);
    EXPECT_EQ(refusal.code, "provider_failed");
    EXPECT_THAT(refusal.body, Not(HasSubstr("canary")));
  }
  EXPECT_EQ(After(Answered(Blame::kEndpoint, 503, "")).code, "provider_failed");
}

}  // namespace
}  // namespace weir::dataplane
