#include "dataplane/understand/endpoint.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using http1::Method;

struct RouteCase {
  Method method;
  std::string path;
  Endpoint want;
  std::string upstream_path;
  bool wrong_method = false;
};

TEST(RouteOfTest, FollowsTheTable) {
  const std::vector<RouteCase> cases = {
      {Method::kPost, "/v1/chat/completions", Endpoint::kChatCompletions,
       "/chat/completions"},
      {Method::kPost, "/v1/completions", Endpoint::kCompletions,
       "/completions"},
      {Method::kPost, "/v1/embeddings", Endpoint::kEmbeddings, "/embeddings"},
      {Method::kPost, "/v1/responses", Endpoint::kResponses, "/responses"},
      {Method::kGet, "/v1/models", Endpoint::kListModels, "/models"},
      {Method::kHead, "/v1/models", Endpoint::kListModels, "/models"},
      {Method::kGet, "/v1/models/gpt-4.1", Endpoint::kGetModel,
       "/models/gpt-4.1"},
      {Method::kGet, "/v1/models/org/gpt-4.1", Endpoint::kGetModel,
       "/models/org/gpt-4.1"},
      {Method::kGet, "/v1/chat/completions", Endpoint::kChatCompletions,
       "/chat/completions", true},
      {Method::kPut, "/v1/embeddings", Endpoint::kEmbeddings, "/embeddings",
       true},
      {Method::kPost, "/v1/models", Endpoint::kListModels, "/models", true},
      // Everything else of the API goes through as it is.
      {Method::kGet, "/v1/models/", Endpoint::kPassThrough, "/models/"},
      {Method::kDelete, "/v1/models/m", Endpoint::kPassThrough, "/models/m"},
      {Method::kGet, "/v1/responses/resp_1", Endpoint::kPassThrough,
       "/responses/resp_1"},
      {Method::kPost, "/v1/images/generations", Endpoint::kPassThrough,
       "/images/generations"},
      {Method::kPost, "/v1/chat/completions/", Endpoint::kPassThrough,
       "/chat/completions/"},
      {Method::kPost, "/v1/Chat/Completions", Endpoint::kPassThrough,
       "/Chat/Completions"},
      {Method::kGet, "/v1/files/a..b", Endpoint::kPassThrough, "/files/a..b"},
      {Method::kGet, "/v1/files/...", Endpoint::kPassThrough, "/files/..."},
      {Method::kGet, "/v1/files/.hidden", Endpoint::kPassThrough,
       "/files/.hidden"},
  };
  for (const RouteCase& c : cases) {
    const Route route = RouteOf(c.method, c.path);
    EXPECT_EQ(route.endpoint, c.want) << c.path;
    EXPECT_EQ(route.upstream_path, c.upstream_path) << c.path;
    EXPECT_EQ(route.wrong_method, c.wrong_method) << c.path;
  }
}

TEST(RouteOfTest, AnthropicsPathsAreItsOwn) {
  for (const auto& [path, want] :
       {std::pair("/v1/messages", Endpoint::kMessages),
        std::pair("/v1/messages/count_tokens", Endpoint::kCountTokens),
        std::pair("/v1/messages/batches", Endpoint::kPassThrough)}) {
    const Route route = RouteOf(Method::kPost, path);
    EXPECT_EQ(route.endpoint, want) << path;
    EXPECT_EQ(route.dialect, &dialect::Anthropic()) << path;
    EXPECT_EQ(route.upstream_path, std::string_view(path).substr(3));
    EXPECT_FALSE(route.wrong_method);
  }
  EXPECT_TRUE(RouteOf(Method::kGet, "/v1/messages").wrong_method);
  EXPECT_EQ(RouteOf(Method::kPost, "/v1/messagesx").dialect,
            &dialect::OpenAi());
}

struct GeminiCase {
  Method method;
  std::string path;
  Endpoint want;
  std::string model;
  bool wrong_method = false;
};

TEST(RouteOfTest, GeminisModelsStandInThePath) {
  const std::vector<GeminiCase> cases = {
      {Method::kPost, "/v1beta/models/m:generateContent",
       Endpoint::kGenerateContent, "m"},
      {Method::kPost, "/v1/models/m:generateContent",
       Endpoint::kGenerateContent, "m"},
      {Method::kPost, "/v1beta/models/org/m:8b:streamGenerateContent",
       Endpoint::kStreamGenerateContent, "org/m:8b"},
      {Method::kPost, "/v1beta/models/m:countTokens", Endpoint::kCountTokens,
       "m"},
      {Method::kPost, "/v1beta/models/m:embedContent", Endpoint::kPassThrough,
       "m"},
      {Method::kGet, "/v1beta/models/m:embedContent", Endpoint::kGetModel, ""},
      {Method::kGet, "/v1beta/models/m:generateContent",
       Endpoint::kGenerateContent, "m", true},
      {Method::kGet, "/v1beta/models", Endpoint::kListModels, ""},
      {Method::kPost, "/v1beta/models", Endpoint::kListModels, "", true},
      {Method::kGet, "/v1beta/models/m", Endpoint::kGetModel, ""},
      {Method::kPost, "/v1beta/models/m", Endpoint::kPassThrough, ""},
      {Method::kPost, "/v1beta/models/:generateContent", Endpoint::kPassThrough,
       ""},
      {Method::kPost, "/v1beta/cachedContents", Endpoint::kPassThrough, ""},
  };
  for (const GeminiCase& c : cases) {
    const Route route = RouteOf(c.method, c.path);
    EXPECT_EQ(route.endpoint, c.want) << c.path;
    EXPECT_EQ(route.model_in_path, c.model) << c.path;
    EXPECT_EQ(route.wrong_method, c.wrong_method) << c.path;
    EXPECT_EQ(route.dialect, &dialect::Gemini()) << c.path;
    EXPECT_EQ(route.upstream_path, c.path.substr(c.path.find("/", 1)));
  }
}

const dialect::Dialect* DialectOf(const std::string& line,
                                  const std::string& lines) {
  const std::string text =
      line + " HTTP/1.1\r\nHost: weir\r\n" + lines + "\r\n";
  http1::RequestHead head;
  EXPECT_EQ(http1::ParseRequestHead(text, head).state,
            http1::ParseState::kComplete);
  return RouteOf(head).dialect;
}

TEST(RouteOfHeadTest, AVersionTellsWhoseModelsAreMeant) {
  const std::string version = "Anthropic-Version: 2023-06-01\r\n";
  EXPECT_EQ(DialectOf("GET /v1/models", ""), &dialect::OpenAi());
  EXPECT_EQ(DialectOf("GET /v1/models?limit=9", version),
            &dialect::Anthropic());
  EXPECT_EQ(DialectOf("GET /v1/models/m", version), &dialect::Anthropic());
  EXPECT_EQ(DialectOf("POST /v1/files", version), &dialect::Anthropic());
  EXPECT_EQ(DialectOf("GET /nowhere", version), &dialect::Anthropic());
  // Where a path is one API's own, nothing else is asked.
  EXPECT_EQ(DialectOf("POST /v1/chat/completions", version),
            &dialect::OpenAi());
  EXPECT_EQ(DialectOf("GET /v1beta/models", version), &dialect::Gemini());
}

TEST(RouteOfTest, HealthIsServedByWeirItself) {
  EXPECT_EQ(RouteOf(Method::kGet, "/health").endpoint, Endpoint::kHealth);
  EXPECT_EQ(RouteOf(Method::kHead, "/health").endpoint, Endpoint::kHealth);
  EXPECT_FALSE(RouteOf(Method::kHead, "/health").wrong_method);
  EXPECT_TRUE(RouteOf(Method::kPost, "/health").wrong_method);
  EXPECT_EQ(RouteOf(Method::kGet, "/health/full").endpoint,
            Endpoint::kHealthFull);
  EXPECT_EQ(RouteOf(Method::kOptions, "*").endpoint, Endpoint::kServerOptions);
}

TEST(RouteOfTest, ThereIsNothingElse) {
  for (const std::string_view path :
       {"/", "/v1", "/v1/", "/v2/models", "/V1/models", "/v1x/models",
        "//v1/models", "/v1beta", "/v1beta/", "/v1betas/models",
        "/chat/completions", "/health/", "/health/full/", "/healthz",
        "/metrics", "/admin", ""}) {
    EXPECT_EQ(RouteOf(Method::kGet, path).endpoint, Endpoint::kUnknown) << path;
  }
}

TEST(RouteOfTest, NoPathClimbsOutOfABaseUrl) {
  for (const std::string_view path :
       {"/v1/..", "/v1/.", "/v1/../admin", "/v1/./models", "/v1/a/../../b",
        "/v1/a/..", "/v1/models/..", "/v1/models/../../admin", "/v1/%2e%2e/a",
        "/v1/%2E./a", "/v1/.%2e", "/v1/models/%2e%2e"}) {
    for (const Method method : {Method::kGet, Method::kPost}) {
      EXPECT_EQ(RouteOf(method, path).endpoint, Endpoint::kUnknown) << path;
    }
  }
}

}  // namespace
}  // namespace weir::dataplane
