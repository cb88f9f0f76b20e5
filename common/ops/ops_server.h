// The small HTTP server that every binary has for metrics, health and views.
// Off the request path, so Beast does the HTTP.
#ifndef WEIR_COMMON_OPS_OPS_SERVER_H_
#define WEIR_COMMON_OPS_OPS_SERVER_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::ops {

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

struct Request {
  std::string method;
  // Without the query.
  std::string path;
  // After the question mark; empty where there is none.
  std::string query;
  std::string body;
};

// Runs on the server's executor; may suspend.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

// What a stuck scraper may cost.
struct OpsLimits {
  // More are closed at once.
  std::size_t connections = 256;
  // For a request to arrive whole, and for the next one to begin.
  absl::Duration request = absl::Seconds(10);
  // For a handler, and again for its answer to be taken.
  absl::Duration answer = absl::Seconds(30);
};

// Serves GET and HEAD of exact paths, answers 404 and 405 itself, 503 for a
// handler that takes too long and 500 for one that throws.
//
// Thread safety: Handle() before Start(); everything else on the executor's
// one thread.
class OpsServer {
 public:
  explicit OpsServer(boost::asio::any_io_executor executor,
                     OpsLimits limits = {});
  ~OpsServer();

  void Handle(std::string path, Handler handler);
  // For paths that take another method: POST /__control, say. The body is
  // bounded to 1 MiB, the head to 8 KiB.
  void HandleMethod(std::string method, std::string path, Handler handler);

  // Binds `host:port` (port 0: the system's choice) and serves. Returns the
  // address it really listens on; INVALID_ARGUMENT or UNAVAILABLE with the
  // reason and the address otherwise.
  absl::StatusOr<std::string> Start(const std::string& listen_address);

  // Closes the listener and every connection.
  void Stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_OPS_SERVER_H_
