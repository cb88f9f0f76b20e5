// The provider's threads: each with its own loop, listener and counters.
#ifndef WEIR_TESTS_SIMPROVIDER_SERVER_H_
#define WEIR_TESTS_SIMPROVIDER_SERVER_H_

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "tests/simprovider/byte_stream.h"
#include "tests/simprovider/control.h"
#include "tests/simprovider/settings.h"
#include "tests/simprovider/stats.h"

namespace weir::simprovider {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";
  std::string dialect = "openai";
  std::string name = "simprovider";
  int threads = 1;
  TlsContext tls = {};  // Null: in the clear.
  Settings settings = {};
};

// Serves from construction to destruction.
class Server {
 public:
  // INVALID_ARGUMENT for an option of no use, UNAVAILABLE when the address is.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options);
  ~Server();

  // Of all threads.
  std::uint16_t port() const { return port_; }

 private:
  class Thread;
  explicit Server(ServerOptions options);
  absl::Status AddThread(const sockaddr_in& address);

  const ServerOptions options_;
  const SystemClock clock_;
  Control control_;
  StatsBoard board_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<std::thread> running_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_SERVER_H_
