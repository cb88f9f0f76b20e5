// A connected TCP socket, perhaps with TLS over it, that never waits.
#ifndef WEIR_DATAPLANE_IO_SOCKET_H_
#define WEIR_DATAPLANE_IO_SOCKET_H_

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>

namespace weir::dataplane::io {

namespace asio = boost::asio;
using boost::system::error_code;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;

// Owns the descriptor. Not thread-safe.
class Socket {
 public:
  // What one try came to.
  struct Step {
    enum class State {
      kDone,
      // Only a part was done: nothing more can be until the socket is ready
      // again.
      kPart,
      // Nothing can be done until then.
      kWait,
      // Nothing can be done any more, because of error().
      kEnd,
    };
    State state;
    std::size_t bytes = 0;
  };

  // Is closed until Open().
  Socket() = default;
  ~Socket() { Close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Takes `descriptor` over and makes it non-blocking.
  void Open(int descriptor);

  int descriptor() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }
  // eof after an orderly end.
  error_code error() const { return error_; }

  // kPart: fewer bytes than fit.
  Step Read(char* to, std::size_t size) {
    return tls_ == nullptr ? ReadPlain(to, size) : ReadTls(to, size);
  }

  using Buffers = std::span<const asio::const_buffer>;
  static constexpr std::size_t kMaxBuffers = 16;
  // Sends `buffers` from their byte `skip` on, all of them in one go if
  // possible. REQUIRES: there is something to send, in at most kMaxBuffers.
  // After kPart and kWait, called again with the same bytes.
  Step Write(Buffers buffers, std::size_t skip) {
    return tls_ == nullptr ? WritePlain(buffers, skip)
                           : WriteTls(buffers, skip);
  }

  // The same of one buffer.
  Step Write(asio::const_buffer buffer);

  // From now on everything goes through `ssl`, once Handshake() is done.
  void StartTls(SslPtr ssl);
  Step Handshake();
  // nullptr for plain TCP.
  SSL* tls() { return tls_.get(); }
  // Tells the peer that what it has is all (close_notify), if that can be said
  // without waiting. Nothing is written after it.
  void EndTls();

  // Frees the descriptor, without ceremony: no close_notify, which nobody may
  // wait for on the request path.
  void Close();

 private:
  // How OpenSSL reads and writes; in socket_tls.cc, as all that is for TLS.
  struct Bio;

  Step ReadPlain(char* to, std::size_t size);
  Step ReadTls(char* to, std::size_t size);
  Step WritePlain(Buffers buffers, std::size_t skip);
  // By as many calls as signals make necessary.
  template <typename SendSome>
  Step WriteBy(SendSome send_some, std::size_t size);
  Step WriteTls(Buffers buffers, std::size_t skip);
  Step Failed(int system_error);
  Step AfterTls(int result);
  // Something came, or went.
  void OnRead();
  void OnWrite() { reads_in_a_row_ = 0; }

  int descriptor_ = -1;
  unsigned reads_in_a_row_ = 0;
  SslPtr tls_;
  // The last read for `tls_` took all that had come.
  bool drained_ = false;
  error_code error_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_SOCKET_H_
