// The connections of one thread of the front.
#ifndef WEIR_COMMON_TLS_FRONT_FRONT_THREAD_H_
#define WEIR_COMMON_TLS_FRONT_FRONT_THREAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/tls/openssl.h"
#include "common/tls_front/connection.h"
#include "common/tls_front/descriptors.h"
#include "common/tls_front/handshake_counts.h"
#include "common/tls_front/relay.h"

namespace weir::tls_front {

// Has a table of descriptors of its own, for each connection takes two here;
// its sockets come to it, and the server's ends leave it, over channels.
//
// Thread safety: every public method may be called from any thread.
class FrontThread {
 public:
  struct Options {
    // For a new handshake; null where there is none. Called on this thread.
    std::function<tls::ContextPtr()> context;
    // Of each: to the first byte, to its turn, of the handshake itself.
    absl::Duration handshake_timeout;
    // Where the servers' ends go; outlives this, as the next one does.
    int hand_over;
    HandshakeCounts* counts;
  };

  static absl::StatusOr<std::unique_ptr<FrontThread>> Start(Options options);
  // Closes what is open.
  ~FrontThread();

  // Takes a socket over. UNAVAILABLE: it was closed instead.
  absl::Status Take(OwnedFd socket);
  // Closes those in a handshake, and each that comes from now on.
  void StopTaking();
  // Ends when all have ended, or at `deadline`, and then closes the rest. Waits
  // for that.
  void Close(absl::Time deadline);

  // Those under way to this thread too.
  std::size_t open() const { return open_; }
  bool owns_descriptors() const { return owns_descriptors_; }

 private:
  FrontThread(Options options, Channel channel, OwnedFd wake)
      : options_(std::move(options)),
        channel_(std::move(channel)),
        wake_(std::move(wake)) {}

  void Run();
  void Wake() const;
  bool Done() const;
  int WaitMs() const;
  void Dispatch(std::uint64_t tag, Connection* connection);

  void ReceiveAll();
  void Begin(OwnedFd socket);
  void OnPeer(Connection& connection);
  void OnServer(Connection& connection);
  void OnSpeaks(Connection& connection);
  void BeginHandshake(Connection& connection);
  void StepHandshake(Connection& connection);
  // The handshake is done: a server's end goes out.
  void HandOver(Connection& connection);
  void EndHandshake(Connection& connection);
  void BeginQueued();
  void Obey(Connection& connection, Relay::Next next);

  void Fail(Connection& connection, const Failure& failure);
  void CloseOne(Connection& connection);
  void CloseUnfinished();
  void CloseOverdue();
  void SetDeadline(Connection& connection, absl::Time deadline);
  void Watch(Connection& connection, std::uint32_t peer_events,
             std::uint32_t server_events);
  void Tell(int fd, std::uint32_t& known, std::uint32_t wanted,
            std::uint64_t tag);

  const Options options_;
  const SystemClock clock_;
  // By which sockets come.
  const Channel channel_;
  // Readable when something below has changed.
  const OwnedFd wake_;
  std::atomic<bool> taking_{true};
  std::atomic<bool> closing_{false};
  // Written before closing_.
  absl::Time close_by_ = absl::InfiniteFuture();
  std::atomic<std::size_t> open_{0};
  bool owns_descriptors_ = false;
  std::latch started_{1};

  // The thread's own.
  OwnedFd epoll_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  std::set<std::pair<absl::Time, Connection*>> deadlines_;
  // By their numbers.
  std::map<std::uint64_t, Connection*> queue_;
  std::size_t handshakes_ = 0;
  std::uint64_t next_number_ = 0;
  std::vector<Connection*> again_;
  // Closed while epoll's news were gone through, which may still name them.
  std::vector<std::unique_ptr<Connection>> buried_;
  Relay::Scratch scratch_;

  std::thread thread_;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_FRONT_THREAD_H_
