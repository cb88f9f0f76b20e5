#include "common/net/forward_proxy.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/secrets.h"
#include "common/net/host_port.h"
#include "common/net/no_proxy.h"
#include "common/net/url.h"

namespace weir::net {
namespace {

constexpr std::uint16_t kHttpPort = 80;

// Undoes %XX. nullopt for a broken escape, or for a byte that can't stand in
// credentials.
std::optional<std::string> PercentDecode(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    unsigned char byte = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (byte == '%') {
      if (text.size() < 3) return std::nullopt;
      const char* const end = text.data() + 3;
      const auto [stop, error] =
          std::from_chars(text.data() + 1, end, byte, 16);
      if (error != std::errc() || stop != end) return std::nullopt;
      length = 3;
    }
    if (byte < 0x20 || byte == 0x7f) return std::nullopt;
    result += static_cast<char>(byte);
    text.remove_prefix(length);
  }
  return result;
}

// `user[:password]` of a URL to `user:password` in plain.
absl::StatusOr<config::Secret> ParseUserInfo(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto user = PercentDecode(text.substr(0, colon));
  const auto password = PercentDecode(
      colon == std::string_view::npos ? "" : text.substr(colon + 1));
  // RFC 7617: the first colon divides, so the user can't have one.
  if (!user || !password || user->find(':') != std::string::npos) {
    return absl::InvalidArgumentError(
        "has user information that is not percent-encoded right");
  }
  return config::Secret(*user + ":" + *password);
}

// The lower-case name wins where both are set, as in curl.
std::string FromEnvironment(const Environment& environment,
                            const std::string& lower,
                            const std::string& upper) {
  for (const std::string& name : {lower, upper}) {
    auto value = environment(name);
    if (value && !value->empty()) return *std::move(value);
  }
  return "";
}

absl::Status NamedError(std::string_view source, const absl::Status& status) {
  return absl::InvalidArgumentError(std::string(source) + " " +
                                    std::string(status.message()));
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

absl::StatusOr<ProxyAddress> ParseProxyUrl(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) {
    return absl::InvalidArgumentError(
        "does not begin with http://; other kinds of proxy are not spoken");
  }
  text.remove_prefix(kScheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  config::Secret credentials;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    auto parsed = ParseUserInfo(text.substr(0, at));
    if (!parsed.ok()) return parsed.status();
    credentials = *std::move(parsed);
    text.remove_prefix(at + 1);
  }
  auto address = ParseHostWithOptionalPort(text);
  if (!address.ok()) return address.status();
  return ProxyAddress{std::move(address->host),
                      address->port.value_or(kHttpPort),
                      std::move(credentials)};
}

absl::StatusOr<std::optional<ProxyAddress>> ChooseProxy(
    const Url& url, std::string_view configured,
    const Environment& environment) {
  if (configured == "direct") return std::nullopt;
  std::string from_environment;
  std::string_view source = "forward proxy URL";
  if (configured.empty()) {
    if (url.scheme != Scheme::kHttps) return std::nullopt;
    from_environment =
        FromEnvironment(environment, "https_proxy", "HTTPS_PROXY");
    if (from_environment.empty() ||
        NoProxyMatches(FromEnvironment(environment, "no_proxy", "NO_PROXY"),
                       url)) {
      return std::nullopt;
    }
    source = "HTTPS_PROXY";
    configured = from_environment;
  }
  auto proxy = ParseProxyUrl(configured);
  if (!proxy.ok()) return NamedError(source, proxy.status());
  return *std::move(proxy);
}

}  // namespace weir::net
