#include "common/net/no_proxy.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "common/net/url.h"

namespace weir::net {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

std::optional<ip::address> ParseAddress(const std::string& text) {
  error_code error;
  const ip::address address = ip::make_address(text, error);
  if (error) return std::nullopt;
  return address;
}

bool BlockContains(const std::string& block, const ip::address& address) {
  error_code error;
  if (address.is_v4()) {
    const auto network = ip::make_network_v4(block, error);
    if (error) return false;
    const auto host = ip::network_v4(address.to_v4(), network.prefix_length());
    return host.canonical() == network.canonical();
  }
  const auto network = ip::make_network_v6(block, error);
  if (error) return false;
  const auto host = ip::network_v6(address.to_v6(), network.prefix_length());
  return host.canonical() == network.canonical();
}

// Takes `:port` and the brackets of an IPv6 address from `entry`. False when
// the port is another one than `port`.
bool StripPort(std::string& entry, std::uint16_t port) {
  const std::size_t colon = entry.rfind(':');
  const bool bare_ipv6 = entry.find(':') != colon && entry.front() != '[';
  if (colon != std::string::npos && !bare_ipv6 && entry.back() != ']') {
    std::uint16_t wanted = 0;
    const char* const end = entry.data() + entry.size();
    const auto [stop, error] =
        std::from_chars(entry.data() + colon + 1, end, wanted);
    if (error != std::errc() || stop != end || wanted != port) return false;
    entry.resize(colon);
  }
  if (entry.size() > 2 && entry.front() == '[' && entry.back() == ']') {
    entry = entry.substr(1, entry.size() - 2);
  }
  return true;
}

bool EntryMatches(std::string entry, const Url& url) {
  if (entry == "*") return true;
  if (!StripPort(entry, url.port)) return false;
  if (const auto address = ParseAddress(url.host)) {
    return ParseAddress(entry) == address || BlockContains(entry, *address);
  }
  std::string_view name = entry;
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.empty() || !url.host.ends_with(name)) return false;
  const std::size_t before = url.host.size() - name.size();
  return before == 0 || url.host[before - 1] == '.';
}

}  // namespace

bool NoProxyMatches(std::string_view list, const Url& url) {
  constexpr std::string_view kSeparators = ", \t";
  for (;;) {
    const std::size_t begin = list.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return false;
    list.remove_prefix(begin);
    const std::string_view entry =
        list.substr(0, list.find_first_of(kSeparators));
    if (EntryMatches(ToLower(entry), url)) return true;
    list.remove_prefix(entry.size());
  }
}

}  // namespace weir::net
