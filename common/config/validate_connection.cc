#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "common/config/validate_parts.h"
#include "common/net/address_policy.h"
#include "common/net/host_port.h"
#include "common/net/url.h"

namespace weir::config {
namespace {

bool IsVariableName(std::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name.front())) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') {
      return false;
    }
  }
  return true;
}

// Also what depends on the scheme.
void CheckBaseUrl(const std::string& path, const v1::Provider& provider,
                  Judge& judge) {
  const std::string field = path + ".base_url";
  const std::string& text = provider.base_url();
  if (text.empty()) {
    judge.Refuse(field, "is missing",
                 "write one like https://api.openai.com/v1");
    return;
  }
  const auto url = net::ParseUrl(text);
  if (!url.ok()) {
    // Not quoted: a password may stand before the host.
    judge.Refuse(field, std::string(url.status().message()),
                 "write one like https://api.openai.com/v1");
    return;
  }
  boost::system::error_code is_name;
  const auto literal = boost::asio::ip::make_address(url->host, is_name);
  if (!is_name && !net::CheckAddress(literal).ok()) {
    judge.Refuse(field,
                 "is an address that weir never calls: " + url->host +
                     " (link-local, a cloud's metadata, multicast or none)",
                 "write the provider's own host");
  }
  if (url->path.ends_with("/chat/completions")) {
    judge.Warn(field, "ends with /chat/completions, which weir appends itself",
               "end it with the API version: " +
                   Quote(text.substr(0, text.rfind("/chat/completions"))));
  }
  const bool has_tls_settings = !provider.tls().ca_file().empty() ||
                                !provider.tls().server_name().empty();
  if (url->scheme == net::Scheme::kHttp && has_tls_settings) {
    judge.Refuse(path + ".tls", "is set for a base_url without TLS",
                 "write https:// in base_url, or remove tls");
  }
}

void CheckTls(const std::string& path, const v1::Tls& tls, Judge& judge) {
  if (!tls.ca_file().empty()) {
    judge.CheckAbsolutePath(path + ".ca_file", tls.ca_file(), "a PEM file");
  }
  if (!tls.server_name().empty() && !net::ParseHost(tls.server_name()).ok()) {
    judge.Refuse(path + ".server_name",
                 "is not a host name: " + Quote(tls.server_name()),
                 "write the name in the provider's certificate");
  }
}

void CheckForwardProxy(const std::string& path, const v1::ForwardProxy& proxy,
                       Judge& judge) {
  const bool has_credentials = proxy.has_credentials();
  if (has_credentials) {
    CheckSecretRef(path + ".credentials", proxy.credentials(), judge);
  }
  if (proxy.url().empty() || proxy.url() == "direct") {
    if (has_credentials) {
      judge.Refuse(path + ".credentials", "belong to no proxy",
                   "write url: http://host:port, or remove them");
    }
    return;
  }
  constexpr std::string_view kScheme = "http://";
  std::string_view address = proxy.url();
  const bool has_scheme = address.starts_with(kScheme);
  if (has_scheme) address.remove_prefix(kScheme.size());
  const auto parsed = net::ParseHostPort(address);
  if (!has_scheme || !parsed.ok() || parsed->port == 0) {
    // Not quoted: a password may stand before the host.
    judge.Refuse(path + ".url", "is not the address of a proxy",
                 "write http://host:port or direct; a password goes to "
                 "credentials");
  }
}

}  // namespace

// The value is never quoted: the mistake to expect is a secret in its place.
void CheckSecretRef(const std::string& path, const v1::SecretRef& reference,
                    Judge& judge) {
  switch (reference.source_case()) {
    case v1::SecretRef::kEnv:
      if (!IsVariableName(reference.env())) {
        judge.Refuse(path + ".env", "is not the name of a variable",
                     "write a name like RELAY_KEY, never the secret itself");
      }
      return;
    case v1::SecretRef::kFile:
      if (!reference.file().starts_with('/') || HasControl(reference.file())) {
        judge.Refuse(path + ".file", "is not an absolute path",
                     "write a path like /run/secrets/relay-key, never the "
                     "secret itself");
      }
      return;
    case v1::SecretRef::SOURCE_NOT_SET:
      judge.Refuse(path, "has no source", "write env: NAME or file: /path");
      return;
  }
}

void ValidateConnection(const std::string& path, const v1::Provider& provider,
                        Judge& judge) {
  CheckBaseUrl(path, provider, judge);
  for (int i = 0; i < provider.credentials_size(); ++i) {
    CheckSecretRef(At(path + ".credentials", i), provider.credentials(i),
                   judge);
  }
  CheckTls(path + ".tls", provider.tls(), judge);
  if (provider.has_forward_proxy()) {
    CheckForwardProxy(path + ".forward_proxy", provider.forward_proxy(), judge);
  }
}

}  // namespace weir::config
