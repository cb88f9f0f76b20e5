#include "common/tls_front/relay.h"

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
  ReadPeer(scratch);
  if (session_->unsent()) ReadServer(scratch);
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
  const Session::Read read = session_->ReadSome(scratch.read.data());
  switch (read.state) {
    case Session::State::kDone:
      break;
    case Session::State::kNothing:
      return false;
    case Session::State::kEnded:
      peer_ended_ = true;
      return true;
    case Session::State::kBroken:
      broken_ = true;
      return false;
  }
  scratch.framed.clear();
  walker_.Walk({scratch.read.data(), read.size}, field_, scratch.framed);
  SendToServer(scratch.framed);
  if (scratch.framed.capacity() > kKeptScratch) Free(scratch.framed);
  // Otherwise epoll says when there is more.
  return session_->pending();
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
  if (session_->Flush() == Session::State::kBroken) broken_ = true;
  for (int round = 0; round < kRounds; ++round) {
    if (broken_ || server_ended_ || session_->unsent()) return;
    if (!ReadServerOnce(scratch)) return;
  }
  more_ = true;
}

bool Relay::ReadServerOnce(Scratch& scratch) {
  const ssize_t size =
      recv(server_.get(), scratch.read.data(), kMaxPlaintext, MSG_DONTWAIT);
  if (WouldBlock(size)) return false;
  if (size <= 0) {
    server_ended_ = true;
    return false;
  }
  const auto bytes = static_cast<std::size_t>(size);
  broken_ =
      session_->Write({scratch.read.data(), bytes}) == Session::State::kBroken;
  return bytes == kMaxPlaintext;
}

Relay::Next Relay::Outcome() {
  if (broken_) return Next::kClosed;
  if (server_ended_ && !session_->unsent()) {
    // The peer learns that nothing was cut off.
    session_->Close();
    return Next::kClosed;
  }
  return more_ ? Next::kMore : Next::kWait;
}

std::uint32_t Relay::peer_events() const {
  std::uint32_t events = 0;
  if (to_server_.empty() && !peer_ended_) events |= EPOLLIN;
  if (session_->unsent()) events |= EPOLLOUT;
  return events;
}

std::uint32_t Relay::server_events() const {
  std::uint32_t events = 0;
  if (!session_->unsent() && !server_ended_) events |= EPOLLIN;
  if (!to_server_.empty()) events |= EPOLLOUT;
  return events;
}

}  // namespace weir::tls_front
