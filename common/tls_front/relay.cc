#include "common/tls_front/relay.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::tls_front {
namespace {

// So much of one connection before others have their turn: 256 KiB.
constexpr int kRounds = 16;
// A block of headers may grow much; what it took is given back.
constexpr std::size_t kKeptScratch = std::size_t{64} << 10;

// What a string has allocated stays with it otherwise.
void Free(std::string& bytes) { std::string().swap(bytes); }

bool WouldBlock(ssize_t result) {
  return result < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace

Relay::Next Relay::OnPeer(Scratch& scratch) {
  more_ = false;
  tls_writes_ = false;
  ReadPeer(scratch);
  if (!to_peer_.empty()) ReadServer(scratch);
  return Outcome();
}

Relay::Next Relay::OnServer(Scratch& scratch) {
  more_ = false;
  if (!to_server_.empty()) ReadPeer(scratch);
  ReadServer(scratch);
  return Outcome();
}

void Relay::ReadPeer(Scratch& scratch) {
  if (!to_server_.empty()) {
    std::string waiting;
    waiting.swap(to_server_);
    SendToServer(waiting);
  }
  for (int round = 0; round < kRounds; ++round) {
    if (broken_ || !to_server_.empty()) return;
    if (peer_ended_) {
      shutdown(server_.get(), SHUT_WR);
      return;
    }
    if (!ReadPeerOnce(scratch)) return;
  }
  more_ = true;
}

bool Relay::ReadPeerOnce(Scratch& scratch) {
  ERR_clear_error();
  const int size = SSL_read(ssl_.get(), scratch.read.data(),
                            static_cast<int>(scratch.read.size()));
  if (size <= 0) {
    switch (SSL_get_error(ssl_.get(), size)) {
      case SSL_ERROR_WANT_READ:
        return false;
      case SSL_ERROR_WANT_WRITE:
        tls_writes_ = true;
        return false;
      case SSL_ERROR_ZERO_RETURN:
        peer_ended_ = true;
        return true;
      default:
        broken_ = true;
        return false;
    }
  }
  scratch.framed.clear();
  walker_.Walk({scratch.read.data(), static_cast<std::size_t>(size)}, field_,
               scratch.framed);
  SendToServer(scratch.framed);
  if (scratch.framed.capacity() > kKeptScratch) Free(scratch.framed);
  // Where nothing is left in OpenSSL, epoll says when there is more.
  return SSL_has_pending(ssl_.get()) == 1;
}

void Relay::SendToServer(std::string_view bytes) {
  while (!server_deaf_ && !bytes.empty()) {
    const ssize_t sent = send(server_.get(), bytes.data(), bytes.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (WouldBlock(sent)) {
      to_server_.assign(bytes);
      return;
    }
    if (sent < 0) {
      server_deaf_ = true;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Relay::ReadServer(Scratch& scratch) {
  FlushToPeer();
  for (int round = 0; round < kRounds; ++round) {
    if (broken_ || server_ended_ || !to_peer_.empty()) return;
    if (!ReadServerOnce(scratch)) return;
  }
  more_ = true;
}

bool Relay::ReadServerOnce(Scratch& scratch) {
  const ssize_t size = recv(server_.get(), scratch.read.data(),
                            scratch.read.size(), MSG_DONTWAIT);
  if (WouldBlock(size)) return false;
  if (size <= 0) {
    server_ended_ = true;
    return false;
  }
  const std::string_view bytes(scratch.read.data(),
                               static_cast<std::size_t>(size));
  if (!SendToPeer(bytes) && !broken_) to_peer_.assign(bytes);
  return bytes.size() == scratch.read.size();
}

bool Relay::SendToPeer(std::string_view bytes) {
  ERR_clear_error();
  const int sent =
      SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  if (sent > 0) return true;
  const int error = SSL_get_error(ssl_.get(), sent);
  broken_ = error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ;
  return false;
}

void Relay::FlushToPeer() {
  if (!to_peer_.empty() && SendToPeer(to_peer_)) Free(to_peer_);
}

Relay::Next Relay::Outcome() {
  if (broken_) return Next::kClosed;
  if (server_ended_ && to_peer_.empty()) {
    // The peer learns that nothing was cut off; whether it takes that in is
    // its business.
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    return Next::kClosed;
  }
  return more_ ? Next::kMore : Next::kWait;
}

std::uint32_t Relay::peer_events() const {
  std::uint32_t events = 0;
  if (to_server_.empty() && !peer_ended_) events |= EPOLLIN;
  if (!to_peer_.empty() || tls_writes_) events |= EPOLLOUT;
  return events;
}

std::uint32_t Relay::server_events() const {
  std::uint32_t events = 0;
  if (to_peer_.empty() && !server_ended_) events |= EPOLLIN;
  if (!to_server_.empty()) events |= EPOLLOUT;
  return events;
}

}  // namespace weir::tls_front
