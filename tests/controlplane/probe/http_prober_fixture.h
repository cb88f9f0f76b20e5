// A prober, and a provider on loopback that says what a test wants.
#ifndef WEIR_TESTS_CONTROLPLANE_PROBE_HTTP_PROBER_FIXTURE_H_
#define WEIR_TESTS_CONTROLPLANE_PROBE_HTTP_PROBER_FIXTURE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/effective.h"
#include "common/net/transport.h"
#include "controlplane/health/evidence.h"
#include "controlplane/probe/http_prober.h"
#include "controlplane/probe/probe_target.h"
#include "gtest/gtest.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/run_coroutine.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {

inline constexpr char kCompletion[] =
    R"({"choices":[{"message":{"role":"assistant","content":"p"}}]})";

inline std::string Answer(const std::string& status, const std::string& body) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: ", body.size(),
                      "\r\n\r\n", body);
}

enum class Then { kStay, kHangUp };

// A provider that answers every request with what the test says.
class FakeProvider {
 public:
  FakeProvider(boost::asio::io_context& loop, std::string answer,
               Then then = Then::kStay)
      : answer_(
            [text = std::move(answer)](const std::string&) { return text; }),
        then_(then),
        peer_(loop, Script()) {}
  FakeProvider(boost::asio::io_context& loop,
               std::function<std::string(const std::string&)> answer)
      : answer_(std::move(answer)), then_(Then::kStay), peer_(loop, Script()) {}

  std::string url() const {
    return absl::StrCat("http://127.0.0.1:", peer_.port(), "/v1");
  }
  const std::vector<std::string>& requests() const { return requests_; }
  int connections() const { return peer_.accepted(); }

 private:
  weir::testing::FakePeer::Script Script() {
    return [this](weir::testing::FakePeer::Socket socket) {
      return Serve(std::move(socket));
    };
  }

  boost::asio::awaitable<void> Serve(weir::testing::FakePeer::Socket socket) {
    for (;;) {
      // Requests are small, and written at once.
      std::string request(4096, '\0');
      const auto [error, size] = co_await socket.async_read_some(
          boost::asio::buffer(request), net::kUseTuple);
      if (error) co_return;
      request.resize(size);
      requests_.push_back(request);
      const std::string answer = answer_(request);
      co_await boost::asio::async_write(socket, boost::asio::buffer(answer),
                                        net::kUseTuple);
      if (then_ == Then::kHangUp) co_return;
    }
  }

  const std::function<std::string(const std::string&)> answer_;
  const Then then_;
  std::vector<std::string> requests_;
  weir::testing::FakePeer peer_;
};

class HttpProberTest : public ::testing::Test {
 protected:
  static config::v1::Provider At(const std::string& url) {
    config::v1::Provider provider;
    provider.set_name("p");
    provider.set_base_url(url);
    return provider;
  }

  static ProbeTarget Target(
      const config::v1::Provider& provider,
      config::v1::ProbeKind kind = config::v1::PROBE_KIND_CHAT,
      absl::Duration timeout = absl::Seconds(20)) {
    ProbeTarget target;
    target.provider = std::make_shared<const config::v1::Provider>(provider);
    target.upstream_model = "gpt-4.1";
    target.check = config::EffectiveHealthCheck(provider);
    target.check.kind = kind;
    target.check.timeout = timeout;
    return target;
  }

  std::optional<ProbeAnswer> Ask(const ProbeTarget& target) {
    return weir::testing::RunCoroutine(loop_, prober_.Probe(target));
  }
  std::optional<ProbeResult> Probe(const ProbeTarget& target) {
    const std::optional<ProbeAnswer> answer = Ask(target);
    if (!answer.has_value()) return std::nullopt;
    return answer->result;
  }
  absl::Status StatusOf(const ProbeTarget& target) {
    const auto result = Probe(target);
    return result.has_value() ? result->status
                              : absl::UnknownError("not probed");
  }

  boost::asio::io_context loop_{1};
  SystemClock clock_;
  HttpProber prober_{clock_, [](const std::string&) { return std::nullopt; }};
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_PROBE_HTTP_PROBER_FIXTURE_H_
