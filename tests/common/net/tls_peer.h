// The script of a TLS server.
#ifndef WEIR_TESTS_COMMON_NET_TLS_PEER_H_
#define WEIR_TESTS_COMMON_NET_TLS_PEER_H_

#include <openssl/ssl.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "common/net/transport.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/test_authority.h"

namespace weir::testing {

// What the server saw of one handshake that worked.
struct SeenHandshake {
  std::string server_name;  // Empty: no SNI.
  bool resumed;

  friend void PrintTo(const SeenHandshake& seen, std::ostream* out) {
    *out << "\"" << seen.server_name
         << (seen.resumed ? "\" resumed" : "\" new");
  }
};

// Outlives the FakePeer that runs its script.
class TlsPeer {
 public:
  explicit TlsPeer(const KeyAndCertificate& identity)
      : context_(boost::asio::ssl::context::tls_server) {
    namespace asio = boost::asio;
    context_.use_certificate(asio::buffer(identity.certificate_pem),
                             asio::ssl::context::pem);
    context_.use_private_key(asio::buffer(identity.key_pem),
                             asio::ssl::context::pem);
  }

  boost::asio::ssl::context& context() { return context_; }
  const std::vector<SeenHandshake>& seen() const { return seen_; }

  // Shakes hands, says "hi" and waits for the other side to close.
  boost::asio::awaitable<void> Serve(FakePeer::Socket socket) {
    namespace asio = boost::asio;
    // The tickets are a small write before "hi".
    socket.set_option(asio::ip::tcp::no_delay(true));
    asio::ssl::stream<FakePeer::Socket> stream(std::move(socket), context_);
    const auto [handshake_error] = co_await stream.async_handshake(
        asio::ssl::stream_base::server, net::kUseTuple);
    if (handshake_error) co_return;
    SSL* const ssl = stream.native_handle();
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    seen_.push_back({name ? name : "", SSL_session_reused(ssl) == 1});
    const auto [error, written] = co_await asio::async_write(
        stream, asio::buffer("hi", 2), net::kUseTuple);
    if (!error) co_await Drain(stream.next_layer());
  }

  FakePeer::Script Script() {
    return [this](FakePeer::Socket socket) { return Serve(std::move(socket)); };
  }

 private:
  boost::asio::ssl::context context_;
  std::vector<SeenHandshake> seen_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_TLS_PEER_H_
