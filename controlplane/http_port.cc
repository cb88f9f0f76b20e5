#include "controlplane/http_port.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "common/ops/metrics.h"

namespace weir::controlplane {
namespace {

// A page whose content is at hand: nothing to wait for.
ops::Handler Page(std::string content_type, std::function<std::string()> make) {
  return [content_type = std::move(content_type), make = std::move(make)](
             const ops::Request&) -> boost::asio::awaitable<ops::Response> {
    co_return ops::Response{200, content_type, make()};
  };
}

}  // namespace

HttpPort::HttpPort(HttpPages pages)
    : pages_(std::move(pages)), server_(loop_.get_executor()) {
  server_.Handle("/metrics", Page(ops::kMetricsContentType, pages_.metrics));
  server_.Handle("/health", Page("application/json", pages_.health));
  server_.Handle("/routing-weights",
                 Page("application/json", pages_.routing_weights));
  server_.Handle("/livez", Page("text/plain", [] { return "ok\n"; }));
  server_.Handle(
      "/readyz",
      [this](const ops::Request&) -> boost::asio::awaitable<ops::Response> {
        if (pages_.ready()) co_return ops::Response{200, "text/plain", "ok\n"};
        co_return ops::Response{503, "text/plain", "not ready\n"};
      });
}

absl::Status HttpPort::Start(const std::string& listen_address) {
  absl::StatusOr<std::string> address = server_.Start(listen_address);
  if (!address.ok()) return address.status();
  address_ = *std::move(address);
  thread_ = std::thread([this] { loop_.run(); });
  return absl::OkStatus();
}

void HttpPort::Stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(loop_, [this] { server_.Stop(); });
  thread_.join();
}

}  // namespace weir::controlplane
