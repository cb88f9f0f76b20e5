#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "dataplane/io/socket.h"
#include "dataplane/io/system_calls.h"

namespace weir::dataplane::io {
namespace {

using State = Socket::Step::State;

// The largest TLS record: pieces of a message go out in one.
constexpr std::size_t kMaxRecord = std::size_t{16} << 10;
using Record = std::array<char, kMaxRecord>;

// At most a record of what stands behind the first `skip` bytes of `buffers`,
// put together in `record` where it is in several.
std::string_view NextRecord(Socket::Buffers buffers, std::size_t skip,
                            Record& record) {
  while (skip >= buffers.front().size()) {
    skip -= buffers.front().size();
    buffers = buffers.subspan(1);
  }
  const asio::const_buffer first = buffers.front() + skip;
  if (buffers.size() == 1 || first.size() >= record.size()) {
    return {static_cast<const char*>(first.data()),
            std::min(first.size(), record.size())};
  }
  std::size_t size = 0;
  for (const asio::const_buffer& buffer : buffers) {
    const asio::const_buffer rest = buffer + std::exchange(skip, 0);
    const std::size_t taken = std::min(rest.size(), record.size() - size);
    if (taken > 0) std::memcpy(record.data() + size, rest.data(), taken);
    size += taken;
  }
  return {record.data(), size};
}

// Before each call of OpenSSL's that may fail: what it says of a failure is
// read off the queue and errno. To clear the queue takes 400 instructions, and
// it is nearly always empty.
void ForgetErrors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
  errno = 0;
}

}  // namespace

// OpenSSL's own way to a socket does not tell whether a read has taken all that
// there was, and without that each message would be followed by a read that
// finds nothing.
struct Socket::Bio {
  static Socket& Of(BIO* bio) {
    return *static_cast<Socket*>(BIO_get_data(bio));
  }

  static int Read(BIO* bio, char* to, int size) {
    Socket& socket = Of(bio);
    BIO_clear_retry_flags(bio);
    ssize_t got = 0;
    do {
      got = Receive(socket.descriptor_, to, static_cast<std::size_t>(size));
    } while (got < 0 && errno == EINTR);
    socket.drained_ = got < size;
    if (got < 0 && errno == EAGAIN) BIO_set_retry_read(bio);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return static_cast<int>(got);
  }

  static int Write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    ssize_t sent = 0;
    do {
      sent = Send(Of(bio).descriptor_, bytes, static_cast<std::size_t>(size));
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
  }

  static long Control(BIO* bio, int command, long /*number*/,
                      void* /*pointer*/) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) {
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    }
    return 0;
  }

  // One for all; null without memory.
  static const BIO_METHOD* Method() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method(
        [] {
          BIO_METHOD* const made =
              BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "weir");
          if (made == nullptr) return made;
          BIO_meth_set_read(made, &Read);
          BIO_meth_set_write(made, &Write);
          BIO_meth_set_ctrl(made, &Control);
          return made;
        }(),
        &BIO_meth_free);
    return method.get();
  }

  // Null without memory.
  static BIO* Make(Socket& socket) {
    BIO* const bio = BIO_new(Method());
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &socket);
    BIO_set_init(bio, 1);
    return bio;
  }
};

void Socket::StartTls(SslPtr ssl) {
  // Without memory the handshake fails.
  BIO* const bio = Bio::Make(*this);
  SSL_set_bio(ssl.get(), bio, bio);
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
  ForgetErrors();
  const int result = SSL_do_handshake(tls_.get());
  return result == 1 ? Step{State::kDone} : AfterTls(result);
}

void Socket::EndTls() {
  if (tls_ == nullptr || SSL_is_init_finished(tls_.get()) != 1) return;
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

Socket::Step Socket::ReadTls(char* to, std::size_t size) {
  ForgetErrors();
  // What an earlier read says, new bytes may have made untrue.
  drained_ = false;
  std::size_t bytes = 0;
  const int result = SSL_read_ex(tls_.get(), to, size, &bytes);
  if (result != 1) return AfterTls(result);
  OnRead();
  // Another record may stand in OpenSSL's buffer.
  const bool all = drained_ && SSL_has_pending(tls_.get()) == 0;
  return {all ? State::kPart : State::kDone, bytes};
}

Socket::Step Socket::WriteTls(Buffers buffers, std::size_t skip) {
  const std::size_t size = asio::buffer_size(buffers) - skip;
  Record memory;
  std::size_t done = 0;
  while (done < size) {
    const std::string_view record = NextRecord(buffers, skip + done, memory);
    ForgetErrors();
    std::size_t bytes = 0;
    const int result =
        SSL_write_ex(tls_.get(), record.data(), record.size(), &bytes);
    if (result != 1) {
      const Step step = AfterTls(result);
      if (step.state == State::kEnd || done == 0) return step;
      return {State::kPart, done};
    }
    OnWrite();
    done += bytes;
  }
  return {State::kDone, done};
}

}  // namespace weir::dataplane::io
