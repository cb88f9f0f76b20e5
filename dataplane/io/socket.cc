#include "dataplane/io/socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace weir::dataplane::io {
namespace {

using State = Socket::Step::State;

// The largest TLS record: pieces of a message go out in one.
constexpr std::size_t kMaxRecord = std::size_t{16} << 10;

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

// As recv() and send(). Those are where a thread may be cancelled, which takes
// two locked instructions a call (glibc 2.36); no thread of weir's is.
ssize_t Receive(int descriptor, void* to, std::size_t size) {
  return syscall(SYS_recvfrom, descriptor, to, size, 0, nullptr, nullptr);
}

ssize_t Send(int descriptor, const void* bytes, std::size_t size) {
  return syscall(SYS_sendto, descriptor, bytes, size, MSG_NOSIGNAL, nullptr, 0);
}

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

void Socket::StartTls(SslPtr ssl) {
  // Without memory the handshake fails.
  SSL_set_fd(ssl.get(), descriptor_);
  // One read() for several records; memory only while there is something in it;
  // a write that has to wait comes back with other addresses.
  SSL_set_read_ahead(ssl.get(), 1);
  SSL_set_mode(ssl.get(), SSL_MODE_RELEASE_BUFFERS |
                              SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_is_server(ssl.get()) == 1) {
    SSL_set_accept_state(ssl.get());
  } else {
    SSL_set_connect_state(ssl.get());
  }
  tls_ = std::move(ssl);
}

Socket::Step Socket::AfterTls(int result) {
  const int system_error = errno;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {State::kWait};
    case SSL_ERROR_ZERO_RETURN:
      error_ = asio::error::eof;
      break;
    case SSL_ERROR_SYSCALL:
      error_ =
          system_error == 0
              ? error_code(asio::ssl::error::stream_truncated)
              : error_code(system_error, asio::error::get_system_category());
      break;
    default: {
      const auto why = ERR_get_error();
      error_ = ERR_GET_REASON(why) == SSL_R_UNEXPECTED_EOF_WHILE_READING
                   ? error_code(asio::ssl::error::stream_truncated)
                   : error_code(static_cast<int>(why),
                                asio::error::get_ssl_category());
    }
  }
  return {State::kEnd};
}

Socket::Step Socket::Handshake() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(tls_.get());
  return result == 1 ? Step{State::kDone} : AfterTls(result);
}

void Socket::EndTls() {
  if (tls_ == nullptr || SSL_is_init_finished(tls_.get()) != 1) return;
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

Socket::Step Socket::ReadTls(char* to, std::size_t size) {
  ERR_clear_error();
  errno = 0;
  std::size_t bytes = 0;
  const int result = SSL_read_ex(tls_.get(), to, size, &bytes);
  if (result != 1) return AfterTls(result);
  OnRead();
  // Another record may stand in OpenSSL's buffer, so never kPart.
  return {State::kDone, bytes};
}

Socket::Step Socket::WriteTls(Buffers buffers, std::size_t skip) {
  std::array<char, kMaxRecord> record;
  std::size_t done = 0;
  bool left = true;
  while (left) {
    std::size_t passed = skip + done;
    std::size_t size = 0;
    left = false;
    for (const asio::const_buffer& buffer : buffers) {
      if (passed >= buffer.size()) {
        passed -= buffer.size();
        continue;
      }
      const asio::const_buffer rest = buffer + std::exchange(passed, 0);
      const std::size_t taken = std::min(rest.size(), record.size() - size);
      std::memcpy(record.data() + size, rest.data(), taken);
      size += taken;
      left = left || taken < rest.size();
      if (left) break;
    }
    ERR_clear_error();
    errno = 0;
    std::size_t bytes = 0;
    const int result = SSL_write_ex(tls_.get(), record.data(), size, &bytes);
    if (result != 1) {
      const Step step = AfterTls(result);
      if (step.state == State::kEnd || done == 0) return step;
      return {State::kPart, done};
    }
    OnWrite();
    done += bytes;
    left = left || bytes < size;
  }
  return {State::kDone, done};
}

}  // namespace weir::dataplane::io
