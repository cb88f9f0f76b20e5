#include "dataplane/understand/endpoint.h"

#include <string>
#include <string_view>
#include <vector>

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
        "//v1/models", "/chat/completions", "/health/", "/health/full/",
        "/healthz", "/metrics", "/admin", ""}) {
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
