#include "dataplane/understand/endpoint.h"

#include <cstddef>
#include <string_view>

#include "common/dialect/dialect.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

using http1::Method;

struct Entry {
  std::string_view path;
  Method method;
  Endpoint endpoint;
};

constexpr Entry kEntries[] = {
    {"/v1/chat/completions", Method::kPost, Endpoint::kChatCompletions},
    {"/v1/completions", Method::kPost, Endpoint::kCompletions},
    {"/v1/embeddings", Method::kPost, Endpoint::kEmbeddings},
    {"/v1/responses", Method::kPost, Endpoint::kResponses},
    {"/v1/messages", Method::kPost, Endpoint::kMessages},
    {"/v1/messages/count_tokens", Method::kPost, Endpoint::kCountTokens},
    {"/v1/models", Method::kGet, Endpoint::kListModels},
    {"/health", Method::kGet, Endpoint::kHealth},
    {"/health/full", Method::kGet, Endpoint::kHealthFull},
};

// Behind the model's name in a path of Gemini's.
constexpr Entry kVerbs[] = {
    {":generateContent", Method::kPost, Endpoint::kGenerateContent},
    {":streamGenerateContent", Method::kPost, Endpoint::kStreamGenerateContent},
    {":countTokens", Method::kPost, Endpoint::kCountTokens},
};

constexpr std::string_view kVersion = "/v1";
constexpr std::string_view kGeminiVersion = "/v1beta";
constexpr std::string_view kModels = "/models/";
constexpr std::string_view kMessages = "/v1/messages";

// `.` and `..` segments would let a path climb out of a provider's base URL.
bool HasDotSegment(std::string_view path) {
  if (path.ends_with("/.") || path.ends_with("/..")) return true;
  return path.find("/./") != std::string_view::npos ||
         path.find("/../") != std::string_view::npos ||
         path.find("%2e") != std::string_view::npos ||
         path.find("%2E") != std::string_view::npos;
}

bool Serves(Method wanted, Method method) {
  return method == wanted ||
         (wanted == Method::kGet && method == Method::kHead);
}

bool EndsWithVerb(std::string_view path) {
  for (const Entry& verb : kVerbs) {
    if (path.ends_with(verb.path)) return true;
  }
  return false;
}

// What of Gemini's API follows its version; its stable paths begin with
// OpenAI's version.
Route GeminiRouteOf(Method method, std::string_view path) {
  Route route{.endpoint = Endpoint::kPassThrough,
              .upstream_path = path,
              .dialect = &dialect::Gemini()};
  if (path == "/models") {
    route.endpoint = Endpoint::kListModels;
    route.wrong_method = !Serves(Method::kGet, method);
    return route;
  }
  if (!path.starts_with(kModels) || path.size() == kModels.size()) return route;
  if (Serves(Method::kGet, method) && !EndsWithVerb(path)) {
    route.endpoint = Endpoint::kGetModel;
    return route;
  }
  // Names may hold colons: the last one ends them.
  const std::size_t colon = path.rfind(':');
  if (colon == std::string_view::npos || colon <= kModels.size()) return route;
  route.model_in_path = path.substr(kModels.size(), colon - kModels.size());
  for (const Entry& verb : kVerbs) {
    if (path.substr(colon) != verb.path) continue;
    route.endpoint = verb.endpoint;
    route.wrong_method = !Serves(verb.method, method);
  }
  return route;
}

// Both have `/v1/models` and more.
bool MayBeAnthropics(Endpoint endpoint) {
  return endpoint == Endpoint::kListModels || endpoint == Endpoint::kGetModel ||
         endpoint == Endpoint::kPassThrough || endpoint == Endpoint::kUnknown;
}

}  // namespace

Route RouteOf(Method method, std::string_view path) {
  if (path == "*") return {.endpoint = Endpoint::kServerOptions};
  for (const Entry& entry : kEntries) {
    if (path != entry.path) continue;
    Route route{.endpoint = entry.endpoint,
                .wrong_method = !Serves(entry.method, method),
                .upstream_path = path.substr(kVersion.size())};
    if (path.starts_with(kMessages)) route.dialect = &dialect::Anthropic();
    return route;
  }
  if (HasDotSegment(path)) return {.endpoint = Endpoint::kUnknown};
  if (path.starts_with("/v1beta/") && path.size() > 8) {
    return GeminiRouteOf(method, path.substr(kGeminiVersion.size()));
  }
  if (!path.starts_with("/v1/") || path.size() == 4) {
    return {.endpoint = Endpoint::kUnknown};
  }
  path.remove_prefix(kVersion.size());
  if (path.starts_with(kModels) && path.size() > kModels.size()) {
    if (method == Method::kPost && EndsWithVerb(path)) {
      return GeminiRouteOf(method, path);
    }
    // Model names may hold slashes.
    if (Serves(Method::kGet, method)) {
      return {.endpoint = Endpoint::kGetModel, .upstream_path = path};
    }
  }
  Route route{.endpoint = Endpoint::kPassThrough, .upstream_path = path};
  // Batches of messages and their kin.
  if (path.starts_with("/messages/")) route.dialect = &dialect::Anthropic();
  return route;
}

Route RouteOf(const http1::RequestHead& head) {
  Route route = RouteOf(head.method, head.path);
  if (route.dialect == &dialect::OpenAi() && MayBeAnthropics(route.endpoint) &&
      head.Find(http1::HeaderId::kAnthropicVersion) != nullptr) {
    route.dialect = &dialect::Anthropic();
  }
  return route;
}

}  // namespace weir::dataplane
