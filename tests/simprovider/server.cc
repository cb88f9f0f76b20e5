#include "tests/simprovider/server.h"

#include <netinet/in.h>

#include <chrono>
#include <unordered_map>
#include <utility>

#include "bench/event_loop/event_loop.h"
#include "bench/event_loop/socket.h"
#include "common/random.h"
#include "tests/simprovider/connection.h"
#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/make_dialect.h"
#include "tests/simprovider/provider.h"

namespace weir::simprovider {
namespace {

// How long accepting pauses when descriptors ran out: the listener is
// edge-triggered, so nothing else would wake it.
constexpr std::chrono::milliseconds kAcceptPause(10);

}  // namespace

// One thread: accepts on its own listener and serves what it accepted.
class Server::Thread final : public bench::Watcher {
 public:
  Thread(bench::FileDescriptor listener, SSL_CTX* tls, Provider::Parts parts)
      : listener_(std::move(listener)),
        tls_(tls),
        stats_(parts.stats),
        provider_(std::move(parts)),
        again_(loop_, [this] { AcceptAll(); }) {
    loop_.Watch(listener_, *this);
  }

  void OnReady(std::uint32_t) override { AcceptAll(); }
  void Run() { loop_.Run(); }
  void Stop() { loop_.Stop(); }

 private:
  void AcceptAll() {
    for (;;) {
      absl::StatusOr<bench::FileDescriptor> socket = bench::Accept(listener_);
      if (!socket.ok()) {
        if (absl::IsResourceExhausted(socket.status())) {
          again_.ArmAfter(kAcceptPause);
        }
        return;
      }
      auto connection = std::make_unique<Connection>(
          loop_, ByteStream(*std::move(socket), tls_), provider_, stats_,
          [this](Connection& over) { Forget(over); });
      Connection* key = connection.get();
      connections_.emplace(key, std::move(connection));
    }
  }

  void Forget(Connection& over) {
    loop_.AtTurnEnd([this, &over] { connections_.erase(&over); });
  }

  bench::EventLoop loop_;
  const bench::FileDescriptor listener_;
  SSL_CTX* const tls_;
  Stats& stats_;
  Provider provider_;
  bench::Timer again_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

Server::Server(ServerOptions options)
    : options_(std::move(options)), control_(options_.settings) {}

Server::~Server() {
  for (const auto& thread : threads_) thread->Stop();
  for (std::thread& running : running_) running.join();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options) {
  std::unique_ptr<Server> server(new Server(std::move(options)));
  absl::StatusOr<sockaddr_in> address =
      bench::ParseAddress(server->options_.listen);
  if (!address.ok()) return address.status();
  for (int i = 0; i < server->options_.threads; ++i) {
    // The first socket may choose the port; the others share it.
    if (i > 0) address->sin_port = htons(server->port_);
    const absl::Status added = server->AddThread(*address);
    if (!added.ok()) return added;
  }
  for (const auto& thread : server->threads_) {
    server->running_.emplace_back([&thread] { thread->Run(); });
  }
  return server;
}

absl::Status Server::AddThread(const sockaddr_in& address) {
  absl::StatusOr<bench::FileDescriptor> listener = bench::Listen(address);
  if (!listener.ok()) return listener.status();
  absl::StatusOr<std::unique_ptr<Dialect>> dialect =
      MakeDialect(options_.dialect, options_.name);
  if (!dialect.ok()) return dialect.status();
  port_ = bench::BoundPort(*listener);
  threads_.push_back(std::make_unique<Thread>(
      *std::move(listener), options_.tls.get(),
      Provider::Parts{.name = options_.name,
                      .dialect = *std::move(dialect),
                      .control = control_,
                      .board = board_,
                      .stats = board_.AddThread(),
                      .clock = clock_,
                      .random = std::make_unique<SystemRandom>()}));
  return absl::OkStatus();
}

}  // namespace weir::simprovider
