// The floor of every proxy measurement: bytes from client to server and back,
// unread, with one connection to the server for each from a client.
//
//   epoll-relay LISTEN_HOST:PORT SERVER_HOST:PORT
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "bench/event_loop/event_loop.h"
#include "bench/event_loop/file_descriptor.h"
#include "bench/event_loop/socket.h"

namespace weir::bench {
namespace {

constexpr std::size_t kReadSize = 64 << 10;

// One socket of a pair; what it reads goes to the other.
class Side final : public Watcher {
 public:
  Side(FileDescriptor socket, std::function<void()> on_end)
      : socket_(std::move(socket)), on_end_(std::move(on_end)) {}

  void Join(EventLoop& loop, Side& other) {
    other_ = &other;
    loop.Watch(socket_, *this);
  }

  void OnReady(std::uint32_t events) override {
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) return on_end_();
    if ((events & EPOLLRDHUP) != 0) ended_ = true;
    if ((events & EPOLLOUT) != 0) OnWritable();
    if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) readable_ = true;
    Pump();
  }

 private:
  void OnWritable() {
    const bool was_connecting = !std::exchange(connected_, true);
    const bool was_full = !pending_.empty();
    if (was_full) {
      const std::string bytes = std::exchange(pending_, {});
      Write(bytes);
    }
    // The other side waited for this.
    if ((was_connecting || was_full) && pending_.empty()) other_->Pump();
  }

  void Pump() {
    static std::array<char, kReadSize> buffer;
    while (readable_ && other_->connected_ && other_->pending_.empty()) {
      const ssize_t got =
          ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EAGAIN) {
        readable_ = false;
        return;
      }
      if (got <= 0) return on_end_();
      readable_ = ended_ || static_cast<std::size_t>(got) == buffer.size();
      other_->Write({buffer.data(), static_cast<std::size_t>(got)});
    }
  }

  void Write(std::string_view bytes) {
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // An error shows as an event of its own.
    const std::size_t done = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    pending_.assign(bytes.substr(done));
  }

  const FileDescriptor socket_;
  const std::function<void()> on_end_;
  Side* other_ = nullptr;
  bool connected_ = false;
  bool readable_ = false;
  bool ended_ = false;
  std::string pending_;  // Did not fit into the socket; the other side waits.
};

struct Pair {
  std::unique_ptr<Side> client;
  std::unique_ptr<Side> server;
};

class Relay final : public Watcher {
 public:
  Relay(EventLoop& loop, FileDescriptor listener, const sockaddr_in& server)
      : loop_(loop), listener_(std::move(listener)), server_(server) {
    loop_.Watch(listener_, *this);
  }

  void OnReady(std::uint32_t) override {
    for (;;) {
      absl::StatusOr<FileDescriptor> client = Accept(listener_);
      if (!client.ok()) return;
      absl::StatusOr<FileDescriptor> server = StartConnect(server_);
      if (server.ok()) Add(*std::move(client), *std::move(server));
    }
  }

 private:
  void Add(FileDescriptor client, FileDescriptor server) {
    const std::size_t id = next_++;
    // Either side's end is both sides' end, once.
    const auto on_end = [this, id] {
      loop_.AtTurnEnd([this, id] { pairs_.erase(id); });
    };
    Pair& pair = pairs_[id];
    pair.client = std::make_unique<Side>(std::move(client), on_end);
    pair.server = std::make_unique<Side>(std::move(server), on_end);
    pair.client->Join(loop_, *pair.server);
    pair.server->Join(loop_, *pair.client);
  }

  EventLoop& loop_;
  const FileDescriptor listener_;
  const sockaddr_in server_;
  std::size_t next_ = 0;
  std::unordered_map<std::size_t, Pair> pairs_;
};

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  if (argc != 3) {
    std::cerr << "usage: epoll-relay LISTEN_HOST:PORT SERVER_HOST:PORT\n";
    return 2;
  }
  const absl::StatusOr<sockaddr_in> listen = ParseAddress(argv[1]);
  const absl::StatusOr<sockaddr_in> server = ParseAddress(argv[2]);
  for (const auto* address : {&listen, &server}) {
    if (address->ok()) continue;
    std::cerr << "epoll-relay: " << address->status().message() << "\n";
    return 2;
  }
  absl::StatusOr<FileDescriptor> listener = Listen(*listen);
  if (!listener.ok()) {
    std::cerr << "epoll-relay: " << listener.status().message() << "\n";
    return 1;
  }
  RaiseDescriptorLimit();
  std::cout << "epoll-relay listening on 127.0.0.1:" << BoundPort(*listener)
            << '\n'
            << std::flush;
  EventLoop loop;
  const Relay relay(loop, *std::move(listener), *server);
  loop.Run();
  return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) { return weir::bench::Main(argc, argv); }
