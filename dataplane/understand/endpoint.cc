#include "dataplane/understand/endpoint.h"

#include <string_view>

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
    {"/v1/models", Method::kGet, Endpoint::kListModels},
    {"/health", Method::kGet, Endpoint::kHealth},
    {"/health/full", Method::kGet, Endpoint::kHealthFull},
};

constexpr std::string_view kVersion = "/v1";
constexpr std::string_view kModelPrefix = "/v1/models/";

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

}  // namespace

Route RouteOf(Method method, std::string_view path) {
  if (path == "*") return {.endpoint = Endpoint::kServerOptions};
  for (const Entry& entry : kEntries) {
    if (path != entry.path) continue;
    return {.endpoint = entry.endpoint,
            .wrong_method = !Serves(entry.method, method),
            .upstream_path = path.substr(kVersion.size())};
  }
  if (!path.starts_with("/v1/") || path.size() == 4 || HasDotSegment(path)) {
    return {.endpoint = Endpoint::kUnknown};
  }
  // Model names may hold slashes.
  if (path.starts_with(kModelPrefix) && path.size() > kModelPrefix.size() &&
      Serves(Method::kGet, method)) {
    return {.endpoint = Endpoint::kGetModel,
            .upstream_path = path.substr(kVersion.size())};
  }
  return {.endpoint = Endpoint::kPassThrough,
          .upstream_path = path.substr(kVersion.size())};
}

}  // namespace weir::dataplane
