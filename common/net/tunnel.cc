#include "common/net/tunnel.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "common/config/secrets.h"
#include "common/net/forward_proxy.h"
#include "common/net/host_port.h"
#include "common/net/transport.h"
#include "common/net/url.h"

namespace weir::net {
namespace {

constexpr std::size_t kMaxHeadBytes = 8 * 1024;

// A Secret since it may hold the proxy's credentials.
config::Secret ConnectRequest(const ProxyAddress& proxy, const Url& target) {
  const std::string authority = FormatHostPort({target.host, target.port});
  std::string request =
      "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!proxy.credentials.empty()) {
    const std::string_view plain = proxy.credentials.Reveal();
    request += "Proxy-Authorization: Basic ";
    request += absl::Base64Escape({plain.data(), plain.size()});
    request += "\r\n";
  }
  request += "\r\n";
  return config::Secret(std::move(request));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// RFC 9110, 9.3.6: any 2xx means that the tunnel stands.
absl::Status ReadAnswer(std::string_view head) {
  // HTTP/1.1 200 ...
  constexpr std::size_t kStatusOffset = 9;
  if (!head.starts_with("HTTP/1.") || head.size() < kStatusOffset + 3 ||
      !IsDigit(head[7]) || head[8] != ' ' || !IsDigit(head[9]) ||
      !IsDigit(head[10]) || !IsDigit(head[11])) {
    return absl::UnavailableError("forward proxy answers no HTTP");
  }
  const std::string_view status = head.substr(kStatusOffset, 3);
  if (status.front() == '2') return absl::OkStatus();
  return absl::UnavailableError("forward proxy answers CONNECT with status " +
                                std::string(status));
}

}  // namespace

asio::awaitable<absl::Status> OpenTunnel(asio::ip::tcp::socket& socket,
                                         const ProxyAddress& proxy,
                                         const Url& target) {
  const config::Secret request = ConnectRequest(proxy, target);
  const auto [write_error, written] = co_await asio::async_write(
      socket, asio::buffer(request.Reveal()), kUseTuple);
  if (write_error) {
    co_return absl::UnavailableError("forward proxy: " + write_error.message());
  }
  std::string head;
  const auto [read_error, head_size] = co_await asio::async_read_until(
      socket, asio::dynamic_buffer(head, kMaxHeadBytes), "\r\n\r\n", kUseTuple);
  if (read_error == asio::error::not_found) {
    co_return absl::UnavailableError(
        "forward proxy answers with a head of over 8 KiB");
  }
  if (read_error) {
    co_return absl::UnavailableError("forward proxy: " + read_error.message());
  }
  if (auto status = ReadAnswer(head); !status.ok()) co_return status;
  // The target waits for us to speak, so these bytes can't be its own.
  if (head.size() != head_size) {
    co_return absl::UnavailableError("forward proxy sends bytes of its own");
  }
  co_return absl::OkStatus();
}

}  // namespace weir::net
