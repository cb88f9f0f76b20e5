// One byte stream to a peer: TCP, or TLS over it.
#ifndef WEIR_COMMON_NET_TRANSPORT_H_
#define WEIR_COMMON_NET_TRANSPORT_H_

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <tuple>
#include <utility>

namespace weir::net {

namespace asio = boost::asio;

// Network errors are values here: every operation completes with a code and
// never throws.
inline constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);
using IoResult = std::tuple<boost::system::error_code, std::size_t>;

// Movable. Not thread-safe; used on its socket's loop. Destroying or closing it
// while an operation is pending ends that operation with operation_aborted;
// the transport itself must outlive the operation.
class Transport {
 public:
  using Socket = asio::ip::tcp::socket;
  using TlsStream = asio::ssl::stream<Socket>;

  explicit Transport(Socket socket) : plain_(std::move(socket)) {}
  explicit Transport(std::unique_ptr<TlsStream> tls)
      : plain_(tls->get_executor()), tls_(std::move(tls)) {}

  // At least one byte, or an error; asio::error::eof at an orderly end.
  asio::awaitable<IoResult> ReadSome(asio::mutable_buffer buffer) {
    if (tls_) return tls_->async_read_some(buffer, kUseTuple);
    return plain_.async_read_some(buffer, kUseTuple);
  }

  // All of `buffers`, or an error. What they refer to must live until then.
  template <typename Buffers>
  asio::awaitable<IoResult> Write(const Buffers& buffers) {
    if (tls_) return asio::async_write(*tls_, buffers, kUseTuple);
    return asio::async_write(plain_, buffers, kUseTuple);
  }

  Socket& socket() { return tls_ ? tls_->next_layer() : plain_; }
  // nullptr for plain TCP.
  TlsStream* tls() { return tls_.get(); }

  // Ends pending operations and frees the descriptor, without ceremony: no
  // close_notify, which nobody may wait for on the request path.
  void Close() {
    boost::system::error_code ignored;
    socket().close(ignored);
  }

 private:
  Socket plain_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_TRANSPORT_H_
