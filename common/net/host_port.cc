#include "common/net/host_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::net {
namespace {

constexpr std::size_t kMaxNameBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

absl::Status InvalidHost(std::string_view text, std::string_view why) {
  std::string message = "has a host that ";
  message += why;
  message += ": \"";
  message += text;
  message += '"';
  return absl::InvalidArgumentError(message);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-' || c == '_';
}

// Whether a resolver may take `label`, a name's last, for a part of an address:
// the rule of the WHATWG URL standard, "ends in a number".
bool LooksNumeric(std::string_view label) {
  if (label.find_first_not_of("0123456789") == std::string_view::npos) {
    return true;
  }
  return label.starts_with("0x") &&
         label.find_first_not_of("0123456789abcdef", 2) ==
             std::string_view::npos;
}

absl::StatusOr<std::string> ParseIpv6(std::string_view text) {
  in6_addr address;
  char canonical[INET6_ADDRSTRLEN];
  // The character check keeps a NUL from hiding what comes after it.
  if (text.find_first_not_of("0123456789abcdefABCDEF:.") !=
          std::string_view::npos ||
      inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1 ||
      inet_ntop(AF_INET6, &address, canonical, sizeof(canonical)) == nullptr) {
    return InvalidHost(text, "is no IPv6 address");
  }
  return std::string(canonical);
}

absl::StatusOr<std::string> ParseName(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  if (name.size() > kMaxNameBytes) return InvalidHost(text, "is too long");
  std::string_view rest = name;
  for (;;) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > kMaxLabelBytes ||
        label.front() == '-' || label.back() == '-') {
      return InvalidHost(text, "is no DNS name");
    }
    for (const char c : label) {
      if (!IsNameChar(c)) return InvalidHost(text, "is no DNS name");
    }
    if (label.size() == rest.size()) break;
    rest.remove_prefix(label.size() + 1);
  }
  // `rest` is the last label by now.
  in_addr address;
  if (LooksNumeric(rest) && inet_pton(AF_INET, name.c_str(), &address) != 1) {
    return InvalidHost(text, "is no IPv4 address of four decimal numbers");
  }
  return name;
}

absl::StatusOr<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  const bool has_leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc() || stop != end || has_leading_zero) {
    std::string message = "has a port that is no number from 0 to 65535: \"";
    message += text;
    message += '"';
    return absl::InvalidArgumentError(message);
  }
  return port;
}

// Splits at the colon before the port; nullopt when there is none.
std::pair<std::string_view, std::optional<std::string_view>> SplitPort(
    std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(
      ':',
      text.starts_with('[') && bracket != std::string_view::npos ? bracket : 0);
  if (colon == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

absl::StatusOr<std::string> ParseHost(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("has no host");
  if (text.front() != '[') return ParseName(text);
  if (text.back() != ']') {
    return InvalidHost(text, "lacks the bracket at its end");
  }
  return ParseIpv6(text.substr(1, text.size() - 2));
}

absl::StatusOr<HostOptionalPort> ParseHostWithOptionalPort(
    std::string_view text) {
  const auto [host_text, port_text] = SplitPort(text);
  auto host = ParseHost(host_text);
  if (!host.ok()) return host.status();
  if (!port_text) return HostOptionalPort{*std::move(host), std::nullopt};
  const auto port = ParsePort(*port_text);
  if (!port.ok()) return port.status();
  if (*port == 0) return absl::InvalidArgumentError("has port 0");
  return HostOptionalPort{*std::move(host), *port};
}

absl::StatusOr<HostPort> ParseHostPort(std::string_view text) {
  const auto [host_text, port_text] = SplitPort(text);
  auto host = ParseHost(host_text);
  if (!host.ok()) return host.status();
  if (!port_text) {
    return absl::InvalidArgumentError("has no port; write host:port");
  }
  const auto port = ParsePort(*port_text);
  if (!port.ok()) return port.status();
  return HostPort{*std::move(host), *port};
}

bool WouldCollide(std::string_view one, std::string_view other) {
  const auto first = ParseHostPort(one);
  const auto second = ParseHostPort(other);
  if (!first.ok() || !second.ok() || first->port != second->port ||
      first->port == 0) {
    return false;
  }
  const auto is_every = [](const HostPort& address) {
    return address.host == "0.0.0.0" || address.host == "::";
  };
  return first->host == second->host || is_every(*first) || is_every(*second);
}

std::string FormatHost(std::string_view host) {
  if (host.find(':') == std::string_view::npos) return std::string(host);
  std::string result = "[";
  result += host;
  result += ']';
  return result;
}

std::string FormatHostPort(const HostPort& address) {
  return FormatHost(address.host) + ":" + std::to_string(address.port);
}

}  // namespace weir::net
