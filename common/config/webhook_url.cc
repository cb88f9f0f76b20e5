#include "common/config/webhook_url.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace weir::config {
namespace {

constexpr std::size_t kMaxQueryBytes = 2048;

// What RFC 3986 lets a query be made of, and nothing that could end a request
// line. The receiver decodes escapes; here they mean nothing.
bool IsQueryChar(char c) {
  return c > 0x20 && c < 0x7f &&
         std::string_view("\"<>\\^`{|}#").find(c) == std::string_view::npos;
}

}  // namespace

absl::StatusOr<WebhookUrl> ParseWebhookUrl(std::string_view text) {
  const std::string_view place = text.substr(0, text.find('?'));
  const std::string_view query = text.substr(place.size());
  auto url = net::ParseUrl(place);
  if (!url.ok()) return url.status();
  if (query.size() > kMaxQueryBytes ||
      !std::all_of(query.begin(), query.end(), IsQueryChar)) {
    return absl::InvalidArgumentError(
        "has a query that is too long or holds what a query can't have");
  }
  std::string target = url->path;
  if (target.empty() || place.ends_with('/')) target += '/';
  target += query;
  return WebhookUrl{*std::move(url), std::move(target)};
}

}  // namespace weir::config
