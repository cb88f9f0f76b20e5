// TLS for a server that speaks HTTP/2 and knows no TLS.
#ifndef WEIR_COMMON_TLS_FRONT_TLS_FRONT_H_
#define WEIR_COMMON_TLS_FRONT_TLS_FRONT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "common/tls/openssl.h"
#include "common/tls/server_context.h"
#include "common/tls_front/descriptors.h"
#include "common/tls_front/front_thread.h"
#include "common/tls_front/handshake_counts.h"

namespace weir::tls_front {

// Takes accepted sockets, does the handshakes, gives the server one end of a
// pair of sockets for each that succeeds, and passes bytes on between the peer
// and that; each block of headers that a peer sends ends with who it is
// (kPeerHeader). A connection that is idle costs its keys and little else where
// it speaks TLS 1.3; with TLS 1.2, 20 kB of OpenSSL's.
//
// A connection takes a descriptor of the process. Two more are in tables that
// the front's threads have for themselves, each as large as the process's may
// be; see owns_descriptors().
//
// Thread safety: every method may be called from any thread.
class TlsFront {
 public:
  struct Options {
    // Has all three files; asked at each handshake, so that connections which
    // stand go on.
    std::shared_ptr<const tls::IdentityWatch> identity;
    tls::ClientCertificate client_certificate =
        tls::ClientCertificate::kRequired;
    // A peer's first byte, its turn where many come at once, and its handshake
    // may each take as long.
    absl::Duration handshake_timeout = absl::Seconds(10);
    // Takes over the server's end of a connection, which does not block; called
    // on a thread of the front's own, until StopTaking().
    std::function<void(int fd)> hand_over;
  };

  struct Stats {
    HandshakeCounts::Counts handshakes;
    // From acceptance on.
    std::size_t open = 0;
  };

  // Errors of the identity's files, and UNAVAILABLE with the reason.
  static absl::StatusOr<std::unique_ptr<TlsFront>> Start(Options options);
  ~TlsFront();

  // Takes over an accepted socket, which does not block.
  void Take(int fd);

  // Closes connections that are not the server's yet, and each that comes; no
  // further one is handed over once it returns.
  void StopTaking();

  // Lets what the server said last go out for `at_most`, then closes what is
  // open. Call it after StopTaking(), when the server has closed its ends. May
  // be called twice.
  void Close(absl::Duration at_most);

  // False: all of a connection's three descriptors are of the process's table.
  bool owns_descriptors() const;

  std::size_t open() const;
  Stats stats() const { return {counts_.counts(), open()}; }

 private:
  TlsFront(Options options, Channel channel, OwnedFd wake)
      : options_(std::move(options)),
        channel_(std::move(channel)),
        wake_(std::move(wake)) {}

  absl::Status StartThreads();
  absl::StatusOr<tls::ContextPtr> MakeContext(
      const tls::Identity& identity) const;
  // For a handshake that begins now.
  tls::ContextPtr Context();
  void HandOverAll();

  const Options options_;
  // By which servers' ends come.
  const Channel channel_;
  // Readable when the thread that hands over should end.
  const OwnedFd wake_;
  HandshakeCounts counts_;

  Mutex mutex_;
  // Of identity_, which was current at the last handshake.
  tls::ContextPtr context_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const tls::Identity> identity_ ABSL_GUARDED_BY(mutex_);

  Mutex hand_over_mutex_;
  bool stopped_ ABSL_GUARDED_BY(hand_over_mutex_) = false;

  std::vector<std::unique_ptr<FrontThread>> threads_;
  std::thread hand_over_thread_;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_TLS_FRONT_H_
