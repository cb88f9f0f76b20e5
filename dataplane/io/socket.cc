#include "dataplane/io/socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "dataplane/io/system_calls.h"

namespace weir::dataplane::io {
namespace {

using State = Socket::Step::State;

// A message up to this goes out from one place: copying it is cheaper than a
// list of pieces is for the kernel.
constexpr std::size_t kMaxJoined = std::size_t{4} << 10;

// Who reads small pieces of a stream acknowledges each at once, a segment for a
// segment, unless TCP takes the connection for an interactive one: then every
// second one (Linux, tcp_cleanup_rbuf()), if it comes within 40 ms. A later one
// ends that, so it is asked for again. A peer that waits for an acknowledgement
// between small writes (Nagle's algorithm) loses those 40 ms each time it is:
// so not before the third piece, which would make its first token late.
constexpr unsigned kFirstDelayed = 3;
constexpr unsigned kDelayedAgainAfter = 64;

ssize_t SendJoined(int descriptor, Socket::Buffers buffers, std::size_t skip) {
  std::array<char, kMaxJoined> joined;
  char* to = joined.data();
  for (const asio::const_buffer& buffer : buffers) {
    // An empty one may be nowhere.
    if (buffer.size() == 0) continue;
    std::memcpy(to, buffer.data(), buffer.size());
    to += buffer.size();
  }
  const auto size = static_cast<std::size_t>(to - joined.data());
  return Send(descriptor, joined.data() + skip, size - skip);
}

ssize_t SendPieces(int descriptor, Socket::Buffers buffers, std::size_t skip) {
  std::array<iovec, Socket::kMaxBuffers> pieces;
  std::size_t count = 0;
  for (const asio::const_buffer& buffer : buffers) {
    if (skip >= buffer.size()) {
      skip -= buffer.size();
      continue;
    }
    const asio::const_buffer rest = buffer + std::exchange(skip, 0);
    pieces[count++] = {const_cast<void*>(rest.data()), rest.size()};
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  return sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

}  // namespace

void Socket::Open(int descriptor) {
  descriptor_ = descriptor;
  fcntl(descriptor_, F_SETFL, fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

void Socket::Close() {
  if (open()) close(std::exchange(descriptor_, -1));
}

void Socket::OnRead() {
  if (++reads_in_a_row_ % kDelayedAgainAfter != kFirstDelayed) return;
  // Where it fails, more is acknowledged than must be.
  constexpr int kOff = 0;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_QUICKACK, &kOff, sizeof(kOff));
}

Socket::Step Socket::Failed(int system_error) {
  if (system_error == EAGAIN || system_error == EWOULDBLOCK) {
    return {State::kWait};
  }
  error_ = error_code(system_error, asio::error::get_system_category());
  return {State::kEnd};
}

Socket::Step Socket::ReadPlain(char* to, std::size_t size) {
  for (;;) {
    const ssize_t got = Receive(descriptor_, to, size);
    if (got > 0) {
      OnRead();
      const auto bytes = static_cast<std::size_t>(got);
      return {bytes < size ? State::kPart : State::kDone, bytes};
    }
    if (got == 0) {
      error_ = asio::error::eof;
      return {State::kEnd};
    }
    if (errno != EINTR) return Failed(errno);
  }
}

template <typename SendSome>
Socket::Step Socket::WriteBy(SendSome send_some, std::size_t size) {
  for (;;) {
    const ssize_t sent = send_some();
    if (sent >= 0) {
      OnWrite();
      const auto bytes = static_cast<std::size_t>(sent);
      return {bytes < size ? State::kPart : State::kDone, bytes};
    }
    if (errno != EINTR) return Failed(errno);
  }
}

Socket::Step Socket::Write(asio::const_buffer buffer) {
  if (tls_ != nullptr) return WriteTls(std::array{buffer}, 0);
  return WriteBy(
      [&] { return Send(descriptor_, buffer.data(), buffer.size()); },
      buffer.size());
}

Socket::Step Socket::WritePlain(Buffers buffers, std::size_t skip) {
  if (buffers.size() == 1) return Write(buffers.front() + skip);
  const std::size_t size = asio::buffer_size(buffers);
  const auto send_some = size <= kMaxJoined ? SendJoined : SendPieces;
  return WriteBy([&] { return send_some(descriptor_, buffers, skip); },
                 size - skip);
}

}  // namespace weir::dataplane::io
