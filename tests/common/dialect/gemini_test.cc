#include <string>
#include <string_view>
#include <vector>

#include "common/dialect/dialect.h"
#include "common/dialect/gemini/model_path.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

TEST(GeminiTest, TheModelStandsInThePath) {
  EXPECT_EQ(Gemini().ChatPath("gemini-2.5-pro", Delivery::kWhole),
            "/models/gemini-2.5-pro:generateContent");
  EXPECT_EQ(Gemini().ChatPath("gemini-2.5-pro", Delivery::kStream),
            "/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
  EXPECT_EQ(Gemini().ModelsPath(), "/models");
}

TEST(GeminiTest, AModelsNameCannotLeaveItsPlaceInThePath) {
  EXPECT_EQ(GeminiModelPath("models/a"), "/models/a");
  EXPECT_EQ(GeminiModelPath("tunedModels/a-1"), "/tunedModels/a-1");
  EXPECT_EQ(GeminiModelPath("a:b"), "/models/a:b");
  EXPECT_EQ(GeminiModelPath("a?b#c%d e\r\n"),
            "/models/a%3Fb%23c%25d%20e%0D%0A");
}

TEST(GeminiTest, ARequestBringsItsKey) {
  EXPECT_EQ(Gemini().CredentialHeaders("sk"), "x-goog-api-key: sk\r\n");
  EXPECT_EQ(Gemini().VersionHeaders(), "");
}

struct GeminiShapeCase {
  std::string name;
  std::string body;
  bool is_chat;
  bool is_model_list;
};

class GeminiShapeTest : public ::testing::TestWithParam<GeminiShapeCase> {};

TEST_P(GeminiShapeTest, FollowsTheTable) {
  EXPECT_EQ(Gemini().LooksLikeChatAnswer(GetParam().body), GetParam().is_chat);
  EXPECT_EQ(Gemini().LooksLikeModelList(GetParam().body),
            GetParam().is_model_list);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GeminiShapeTest,
    ::testing::ValuesIn<GeminiShapeCase>({
        {"Chat", R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})",
         true, false},
        {"OnlyThought", R"({"candidates":[{"finishReason":"MAX_TOKENS"}]})",
         true, false},
        {"NoCandidates", R"({"candidates":[]})", false, false},
        {"Blocked", R"({"promptFeedback":{"blockReason":"SAFETY"}})", false,
         false},
        {"Models", R"({"models":[{"name":"models/a"}]})", false, true},
        {"Error", R"({"error":{"code":500},"candidates":[{}]})", false, false},
        {"NotJson", "<html>", false, false},
    }),
    [](const auto& test) { return test.param.name; });

TEST(GeminiErrorTest, TheStatusHasAName) {
  const struct {
    int status;
    std::string_view name;
  } cases[] = {{400, "INVALID_ARGUMENT"},
               {401, "UNAUTHENTICATED"},
               {403, "PERMISSION_DENIED"},
               {404, "NOT_FOUND"},
               {409, "ABORTED"},
               {413, "INVALID_ARGUMENT"},
               {429, "RESOURCE_EXHAUSTED"},
               {500, "INTERNAL"},
               {501, "UNIMPLEMENTED"},
               {502, "UNAVAILABLE"},
               {503, "UNAVAILABLE"},
               {504, "DEADLINE_EXCEEDED"}};
  for (const auto& c : cases) {
    EXPECT_EQ(
        Gemini().ErrorBody({c.status, "some_code", "a\"b"}),
        R"({"error":{"code":)" + std::to_string(c.status) +
            R"(,"message":"a\"b","status":")" + std::string(c.name) +
            R"(","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
            R"("reason":"some_code","domain":"weir"}]}})");
  }
}

TEST(GeminiModelListTest, HasResourceNames) {
  const std::vector<std::string_view> names = {"a", "b"};
  EXPECT_EQ(Gemini().ModelList(names),
            R"({"models":[{"name":"models/a","displayName":"a",)"
            R"("supportedGenerationMethods":)"
            R"(["generateContent","streamGenerateContent",)"
            R"("countTokens"]},)"
            R"({"name":"models/b","displayName":"b",)"
            R"("supportedGenerationMethods":)"
            R"(["generateContent","streamGenerateContent",)"
            R"("countTokens"]}]})");
  EXPECT_EQ(Gemini().ModelList({}), R"({"models":[]})");
}

}  // namespace
}  // namespace weir::dialect
