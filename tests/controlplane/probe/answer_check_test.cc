#include "controlplane/probe/answer_check.h"

#include <string>

#include "absl/status/status.h"
#include "common/dialect/dialect.h"
#include "gtest/gtest.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

constexpr char kCompletion[] =
    R"({"choices":[{"message":{"role":"assistant","content":"p"}}]})";
constexpr char kModels[] = R"({"object":"list","data":[{"id":"m"}]})";

constexpr auto kChat = config::v1::PROBE_KIND_CHAT;
constexpr auto kList = config::v1::PROBE_KIND_MODELS;

struct AnswerCase {
  std::string name;
  config::v1::ProbeKind kind;
  int status;
  std::string body;
  absl::StatusCode code;
  std::string message;
};

class CheckAnswerTest : public ::testing::TestWithParam<AnswerCase> {};

TEST_P(CheckAnswerTest, FollowsTheTable) {
  const AnswerCase& answer = GetParam();
  const absl::Status status =
      CheckAnswer(answer.kind, dialect::OpenAi(), answer.status, answer.body);
  EXPECT_EQ(status.code(), answer.code);
  EXPECT_EQ(std::string(status.message()), answer.message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CheckAnswerTest,
    ::testing::ValuesIn<AnswerCase>({
        {"Completion", kChat, 200, kCompletion, absl::StatusCode::kOk, ""},
        {"Models", kList, 200, kModels, absl::StatusCode::kOk, ""},
        {"SomethingElseSaying200", kChat, 200, "<html>Welcome</html>",
         absl::StatusCode::kInternal, "answer is not a chat completion"},
        {"AnErrorSaying200", kChat, 200, R"({"error":{"message":"full"}})",
         absl::StatusCode::kInternal, "answer is not a chat completion"},
        {"NothingSaying200", kList, 200, "", absl::StatusCode::kInternal,
         "answer is not a list of models"},
        {"NoCredential", kChat, 401, "{}", absl::StatusCode::kUnauthenticated,
         "credential refused (HTTP 401)"},
        {"NoMoney", kChat, 402, "{}", absl::StatusCode::kUnauthenticated,
         "credential refused (HTTP 402)"},
        {"NoRight", kList, 403, "{}", absl::StatusCode::kUnauthenticated,
         "credential refused (HTTP 403)"},
        {"NoMoneyAsOpenAiSaysIt", kChat, 429,
         R"({"error":{"code":"insufficient_quota"}})",
         absl::StatusCode::kUnauthenticated, "credential refused (HTTP 429)"},
        {"TooFast", kChat, 429, R"({"error":{"code":"rate_limit_exceeded"}})",
         absl::StatusCode::kResourceExhausted, "rate limited (HTTP 429)"},
        {"NoSuchModel", kChat, 404, "{}", absl::StatusCode::kUnavailable,
         "HTTP 404"},
        {"Broken", kChat, 500, "{}", absl::StatusCode::kUnavailable,
         "HTTP 500"},
        {"Overloaded", kChat, 529, "{}", absl::StatusCode::kUnavailable,
         "HTTP 529"},
        {"Redirected", kChat, 302, "", absl::StatusCode::kUnavailable,
         "HTTP 302, and redirects are not followed"},
    }),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace weir::controlplane
