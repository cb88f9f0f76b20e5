// Accepts connections on a thread of its own and gives them away.
#ifndef WEIR_COMMON_NET_SOCKET_ACCEPTOR_H_
#define WEIR_COMMON_NET_SOCKET_ACCEPTOR_H_

#include <poll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/net/connection_census.h"

namespace weir::net {

// Goes on whatever happens: when the process has no descriptor left, a spare
// one is given up to take the next connection off the queue and close it, so
// that the queue drains and peers know at once. Beyond the cap connections are
// closed as soon as they are accepted.
//
// Thread safety: every method may be called from any thread.
class SocketAcceptor {
 public:
  struct Options {
    // host:port; port 0: the system's choice.
    std::string listen_address;
    // Sockets open at once.
    std::size_t max_connections;
    // Takes an accepted socket over, which is non-blocking; called on the
    // acceptor's thread.
    std::function<void(int listener_fd, int fd)> take;
    // How many of those that were taken over are open; none: they stay in this
    // thread's table of descriptors, where they are counted by looking.
    std::function<std::size_t()> count_open = nullptr;
  };

  struct Stats {
    std::uint64_t accepted = 0;
    // Closed at once, because there were too many.
    std::uint64_t refused = 0;
    // Times the process had no descriptor left.
    std::uint64_t descriptor_shortages = 0;
    std::size_t open = 0;
  };

  // Listens and accepts. Errors of net::Listen().
  static absl::StatusOr<std::unique_ptr<SocketAcceptor>> Start(Options options);
  ~SocketAcceptor();

  // No connection is accepted any more once it returns. May be called twice.
  void Stop();

  // host:port where it really listens.
  const std::string& address() const { return address_; }
  Stats stats() const;

 private:
  class Listener;

  SocketAcceptor(Options options, std::unique_ptr<Listener> listener,
                 int wake_fd);

  void Run();
  // Whether to go on at once; otherwise there is nothing, or a pause is due.
  enum class Next { kAcceptMore, kWaitForPeer, kPause };
  Next AcceptOne();
  Next OnAccepted(int fd);
  Next OnShortage();
  bool HasRoom();
  void Count(int fd);
  void Wait(absl::Duration at_most, decltype(pollfd::events) listener_events);

  const Options options_;
  const std::unique_ptr<Listener> listener_;
  const std::string address_;
  // Readable when the thread should end.
  const int wake_fd_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> shortages_{0};

  mutable Mutex mutex_;
  mutable ConnectionCensus census_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_recount_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();

  // The thread's own. -1 while it couldn't be opened again.
  int spare_fd_;
  std::thread thread_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_SOCKET_ACCEPTOR_H_
