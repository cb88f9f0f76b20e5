#include "dataplane/authenticate/client_auth.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "common/sha256.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/query.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

std::string_view KeyInQuery(const http1::RequestHead& head) {
  return head.query.empty() ? std::string_view()
                            : http1::QueryValue(head.query, "key");
}

std::string_view SecretIn(const http1::RequestHead& head) {
  constexpr std::string_view kScheme = "Bearer ";
  if (http1::StartsWithIgnoringCase(head.authorization, kScheme)) {
    std::string_view secret = head.authorization.substr(kScheme.size());
    while (!secret.empty() && secret.front() == ' ') secret.remove_prefix(1);
    return secret;
  }
  if (!head.authorization.empty()) return {};
  if (!head.api_key.empty()) return head.api_key;
  if (!head.goog_api_key.empty()) return head.goog_api_key;
  return KeyInQuery(head);
}

bool Same(const Sha256Digest& a, const Sha256Digest& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct KnownSecret {
  const ClientEntry* client;
  // From then on it is refused.
  absl::Time until;
};

// nullopt: nobody's.
std::optional<KnownSecret> Find(std::string_view secret,
                                const RoutingConfig& config) {
  const Sha256Digest digest = DigestOf(secret);
  const auto found = config.client_by_digest.find(digest);
  if (secret.empty() || found == config.client_by_digest.end()) {
    return std::nullopt;
  }
  const ClientEntry& client = config.clients[found->second];
  if (Same(client.secret_sha256, digest)) {
    return KnownSecret{&client, client.expires_at};
  }
  for (const RetiringSecret& old : client.retiring) {
    if (!Same(old.secret_sha256, digest)) continue;
    return KnownSecret{&client, std::min(old.expires_at, client.expires_at)};
  }
  return std::nullopt;
}

// Whose it is, and until when.
Outcome<KnownSecret> Judge(const http1::RequestHead& head,
                           const RoutingConfig& config, absl::Time now) {
  const std::optional<KnownSecret> known = Find(SecretIn(head), config);
  if (!known.has_value()) {
    return dialect::ApiError{
        401, "invalid_api_key",
        "Missing or wrong API key. Send one of this gateway's client keys as "
        "`Authorization: Bearer KEY`, `x-api-key: KEY` or "
        "`x-goog-api-key: KEY`."};
  }
  if (now < known->until) return *known;
  return dialect::ApiError{
      401, "api_key_expired",
      "This API key has expired or was replaced. Ask whoever gave it to you "
      "for a new one."};
}

}  // namespace

Outcome<const ClientEntry*> Authenticate(const http1::RequestHead& head,
                                         const RoutingConfig& config,
                                         absl::Time now) {
  Outcome<KnownSecret> known = Judge(head, config, now);
  if (auto* error = std::get_if<dialect::ApiError>(&known)) {
    return std::move(*error);
  }
  return std::get<KnownSecret>(known).client;
}

Outcome<const ClientEntry*> RememberedClient::Authenticate(
    const http1::RequestHead& head,
    const std::shared_ptr<const RoutingConfig>& config, absl::Time now) {
  const auto same = [](const config::Secret& known, std::string_view given) {
    return known.Reveal().size() == given.size() &&
           CRYPTO_memcmp(known.Reveal().data(), given.data(), given.size()) ==
               0;
  };
  const bool same_config =
      !config_.owner_before(config) && !config.owner_before(config_);
  const auto same_keys = [&] {
    return same(authorization_, head.authorization) &&
           same(api_key_, head.api_key) &&
           same(goog_api_key_, head.goog_api_key) &&
           same(key_in_query_, KeyInQuery(head));
  };
  const bool same_head = head.serial != 0 && head.serial == serial_;
  if (client_ != nullptr && same_config && now < good_until_ &&
      (same_head || same_keys())) {
    serial_ = head.serial;
    return client_;
  }
  Outcome<KnownSecret> known = Judge(head, *config, now);
  if (auto* error = std::get_if<dialect::ApiError>(&known)) {
    return std::move(*error);
  }
  authorization_ = config::Secret(std::string(head.authorization));
  api_key_ = config::Secret(std::string(head.api_key));
  goog_api_key_ = config::Secret(std::string(head.goog_api_key));
  key_in_query_ = config::Secret(std::string(KeyInQuery(head)));
  serial_ = head.serial;
  config_ = config;
  client_ = std::get<KnownSecret>(known).client;
  good_until_ = std::get<KnownSecret>(known).until;
  return client_;
}

}  // namespace weir::dataplane
