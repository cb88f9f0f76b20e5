#include "tests/simprovider/byte_stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "bench/event_loop/socket.h"
#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

ByteStream::Result SystemResult(ssize_t done) {
  if (done > 0) {
    return {ByteStream::State::kOpen, static_cast<std::size_t>(done), true};
  }
  if (done < 0 && (errno == EAGAIN || errno == EINTR)) {
    return {ByteStream::State::kWouldBlock, 0, false};
  }
  return {ByteStream::State::kEnded, 0, false};
}

int TlsSize(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

absl::StatusOr<TlsContext> MakeTlsContext(const std::string& certificate_file,
                                          const std::string& key_file) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context.get(),
                                         certificate_file.c_str()) != 1) {
    return absl::InvalidArgumentError(
        text::Cat(certificate_file, " holds no certificate in PEM"));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(),
                                  SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return absl::InvalidArgumentError(text::Cat(
        key_file, " holds no private key in PEM that fits the certificate"));
  }
  return context;
}

ByteStream::ByteStream(bench::FileDescriptor socket, SSL_CTX* tls)
    : socket_(std::move(socket)) {
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls));
  SSL_set_fd(tls_.get(), socket_.get());
  SSL_set_accept_state(tls_.get());
}

ByteStream::Result ByteStream::Read(absl::Span<char> room) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return TlsResult(SSL_read(tls_.get(), room.data(), TlsSize(room.size())));
  }
  Result result =
      SystemResult(::recv(socket_.get(), room.data(), room.size(), 0));
  // A short read has emptied the socket (epoll(7), question 9), which saves the
  // read that would say so.
  result.more = result.bytes == room.size();
  return result;
}

ByteStream::Result ByteStream::Write(std::string_view bytes) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return TlsResult(
        SSL_write(tls_.get(), bytes.data(), TlsSize(bytes.size())));
  }
  return SystemResult(
      ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

ByteStream::Result ByteStream::TlsResult(int done) {
  if (done > 0) return {State::kOpen, static_cast<std::size_t>(done), true};
  const int error = SSL_get_error(tls_.get(), done);
  const bool blocks =
      error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  return {blocks ? State::kWouldBlock : State::kEnded, 0, false};
}

void ByteStream::ShutDownSending() {
  if (tls_ != nullptr) SSL_shutdown(tls_.get());
  ::shutdown(socket_.get(), SHUT_WR);
}

void ByteStream::Reset() {
  bench::ResetOnClose(socket_);
  socket_.Close();
}

}  // namespace weir::simprovider
