// One connection of the front, from its acceptance to its end.
#ifndef WEIR_COMMON_TLS_FRONT_CONNECTION_H_
#define WEIR_COMMON_TLS_FRONT_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/tls_front/descriptors.h"
#include "common/tls_front/handshake.h"
#include "common/tls_front/relay.h"

namespace weir::tls_front {

// Plain data of the thread that has it.
struct Connection {
  enum class Stage {
    // It has said nothing yet, and costs nothing but its socket.
    kSilent,
    // It has begun to speak; others are in their handshakes.
    kQueued,
    kHandshake,
    kRelay,
    // Buried; what epoll had said of it before is void.
    kClosed,
  };

  Stage stage = Stage::kSilent;
  // What epoll was told of either socket; 0: it does not know it.
  std::uint32_t peer_events = 0;
  std::uint32_t server_events = 0;
  OwnedFd peer;
  // Counts up; in the queue the lower one is first.
  std::uint64_t number = 0;
  // When it is closed where nothing comes of its stage; in a relay, of the last
  // bytes. Infinite: never.
  absl::Time deadline = absl::InfiniteFuture();
  // Each in its stage, else null.
  std::unique_ptr<Handshake> handshake;
  std::unique_ptr<Relay> relay;
};

// Of a connected socket, `ipv4:10.0.0.1:4711` or `ipv6:[::1]:4711`; empty where
// the peer has gone already.
std::string PeerAddress(int fd);

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_CONNECTION_H_
