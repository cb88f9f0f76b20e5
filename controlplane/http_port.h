// The control plane's HTTP port: metrics, health, views.
#ifndef WEIR_CONTROLPLANE_HTTP_PORT_H_
#define WEIR_CONTROLPLANE_HTTP_PORT_H_

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "common/ops/ops_server.h"

namespace weir::controlplane {

// What the pages show; each is called on the port's thread.
struct HttpPages {
  std::function<std::string()> metrics;
  std::function<std::string()> health;
  std::function<std::string()> routing_weights;
  std::function<bool()> ready;
};

// GET /metrics, /health, /routing-weights, /livez, /readyz, on a thread of its
// own. /livez answers as long as that thread lives; /readyz with 503 when
// `ready` says no.
//
// Thread safety: Start() and Stop() from one thread.
class HttpPort {
 public:
  explicit HttpPort(HttpPages pages);
  ~HttpPort() { Stop(); }

  // Errors of OpsServer::Start().
  absl::Status Start(const std::string& listen_address);
  // May be called twice.
  void Stop();

  // host:port where it really listens.
  const std::string& address() const { return address_; }

 private:
  const HttpPages pages_;
  boost::asio::io_context loop_{1};
  ops::OpsServer server_;
  std::string address_;
  std::thread thread_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HTTP_PORT_H_
