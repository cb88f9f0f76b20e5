// The bytes of one connection, between TLS and a socket in plain text.
#ifndef WEIR_COMMON_TLS_FRONT_RELAY_H_
#define WEIR_COMMON_TLS_FRONT_RELAY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/tls_front/descriptors.h"
#include "common/tls_front/frame_walker.h"
#include "common/tls_front/record_keys.h"
#include "common/tls_front/session.h"

namespace weir::tls_front {

// What passes on the way to the server goes through a FrameWalker. A side is
// not read while bytes of it wait for the other one. An idle relay holds no
// buffer.
//
// Not thread-safe.
class Relay {
 public:
  // Shared by all relays of a thread.
  struct Scratch {
    std::array<char, kMaxCiphertext> read;
    std::string framed;
  };

  enum class Next {
    // Something came or may be written on a side that is waited for.
    kWait,
    // The same, but there is more to do already.
    kMore,
    // Both ways have ended.
    kClosed,
  };

  // `field` is FrameWalker's. `server` is the end of a pair of sockets.
  Relay(std::unique_ptr<Session> session, OwnedFd server, std::string field)
      : session_(std::move(session)),
        server_(std::move(server)),
        field_(std::move(field)) {}

  // The peer's socket, or the server's, is ready for something.
  Next OnPeer(Scratch& scratch);
  Next OnServer(Scratch& scratch);

  // What is waited for, as epoll says it; 0: nothing, and the socket must not
  // be looked at, for its end would be reported again and again.
  std::uint32_t peer_events() const;
  std::uint32_t server_events() const;

  int server_fd() const { return server_.get(); }
  // The server has ended, and its last bytes wait for the peer.
  bool flushing() const { return server_ended_; }

 private:
  void ReadPeer(Scratch& scratch);
  // False: there is nothing more now.
  bool ReadPeerOnce(Scratch& scratch);
  // Keeps in to_server_ what can't be sent yet.
  void SendToServer(std::string_view bytes);
  void ReadServer(Scratch& scratch);
  bool ReadServerOnce(Scratch& scratch);
  Next Outcome();

  const std::unique_ptr<Session> session_;
  OwnedFd server_;
  const std::string field_;
  FrameWalker walker_;
  // Bytes that wait; empty nearly always.
  std::string to_server_;
  // No more will come from there.
  bool peer_ended_ = false;
  bool server_ended_ = false;
  // The server takes nothing any more; what it says may still be under way.
  bool server_deaf_ = false;
  bool more_ = false;
  bool broken_ = false;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_RELAY_H_
