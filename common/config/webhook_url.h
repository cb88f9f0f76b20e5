// Where a webhook's messages are posted to.
#ifndef WEIR_COMMON_CONFIG_WEBHOOK_URL_H_
#define WEIR_COMMON_CONFIG_WEBHOOK_URL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/net/url.h"

namespace weir::config {

struct WebhookUrl {
  net::Url url;
  // As in a request line: path and query, never empty.
  std::string target;
};

// As net::ParseUrl(), but a query is kept, for some receivers want their key
// there, and so is a slash at the end. INVALID_ARGUMENT says what is wrong and
// quotes nothing: such a URL may be a secret. Pure.
absl::StatusOr<WebhookUrl> ParseWebhookUrl(std::string_view text);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_WEBHOOK_URL_H_
