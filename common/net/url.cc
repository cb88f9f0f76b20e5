#include "common/net/url.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/net/host_port.h"

namespace weir::net {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

std::uint16_t DefaultPort(Scheme scheme) {
  return scheme == Scheme::kHttps ? kHttpsPort : kHttpPort;
}

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

// RFC 3986 pchar, without the percent sign.
bool IsPathChar(char c) {
  return IsAlphanumeric(c) || std::string_view("-._~!$&'()*+,;=:@").find(c) !=
                                  std::string_view::npos;
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// An encoded slash, dot, backslash or control character means one thing here
// and another at a provider that decodes before it routes.
bool IsHarmlessEscape(std::string_view escape) {
  if (escape.size() < 3) return false;
  const auto high = HexDigit(escape[1]);
  const auto low = HexDigit(escape[2]);
  if (!high || !low) return false;
  const int byte = *high * 16 + *low;
  return byte > 0x20 && byte != 0x7f && byte != '/' && byte != '\\' &&
         byte != '.';
}

absl::Status CheckSegment(std::string_view segment) {
  if (segment.empty()) {
    return absl::InvalidArgumentError("has an empty step (//) in its path");
  }
  // `..;x` is `..` to servers that know path parameters.
  const std::string_view name = segment.substr(0, segment.find(';'));
  if (name == "." || name == "..") {
    return absl::InvalidArgumentError("has a `.` or `..` step in its path");
  }
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (IsPathChar(segment[i])) continue;
    if (segment[i] != '%' || !IsHarmlessEscape(segment.substr(i))) {
      return absl::InvalidArgumentError(
          "has a character or an escape that a path can't have");
    }
    i += 2;
  }
  return absl::OkStatus();
}

// `path` is empty or begins with a slash.
absl::StatusOr<std::string> ParsePath(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  std::string_view rest = path;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (auto status = CheckSegment(segment); !status.ok()) return status;
    rest.remove_prefix(segment.size());
  }
  return std::string(path);
}

bool ConsumePrefixIgnoringCase(std::string_view& text,
                               std::string_view lower_case_prefix) {
  if (text.size() < lower_case_prefix.size()) return false;
  for (std::size_t i = 0; i < lower_case_prefix.size(); ++i) {
    const char c = text[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (lower != lower_case_prefix[i]) return false;
  }
  text.remove_prefix(lower_case_prefix.size());
  return true;
}

absl::Status CheckCharacters(std::string_view text) {
  if (text.size() > kMaxUrlBytes) {
    return absl::InvalidArgumentError("is longer than 2048 bytes");
  }
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f) {
      return absl::InvalidArgumentError(
          "has white space, a control character or a letter beyond ASCII; "
          "write host names in their xn-- form");
    }
  }
  // Nothing is quoted here: user info may be a secret.
  if (text.find('@') < text.find('/', text.find("//") + 2)) {
    return absl::InvalidArgumentError(
        "has user information before the host; credentials are fields of "
        "their own");
  }
  if (text.find_first_of("?#") != std::string_view::npos) {
    return absl::InvalidArgumentError("has a query or a fragment");
  }
  if (text.find('\\') != std::string_view::npos) {
    return absl::InvalidArgumentError("has a backslash");
  }
  return absl::OkStatus();
}

}  // namespace

std::string Url::HostHeader() const {
  if (port == DefaultPort(scheme)) return FormatHost(host);
  return FormatHostPort({host, port});
}

absl::StatusOr<Url> ParseUrl(std::string_view text) {
  if (auto status = CheckCharacters(text); !status.ok()) return status;
  Scheme scheme = Scheme::kHttps;
  if (ConsumePrefixIgnoringCase(text, "http://")) {
    scheme = Scheme::kHttp;
  } else if (!ConsumePrefixIgnoringCase(text, "https://")) {
    return absl::InvalidArgumentError(
        "does not begin with http:// or https://");
  }
  const std::string_view authority = text.substr(0, text.find('/'));
  auto host = ParseHostWithOptionalPort(authority);
  if (!host.ok()) return host.status();
  auto path = ParsePath(text.substr(authority.size()));
  if (!path.ok()) return path.status();
  return Url{scheme, std::move(host->host),
             host->port.value_or(DefaultPort(scheme)), *std::move(path)};
}

}  // namespace weir::net
