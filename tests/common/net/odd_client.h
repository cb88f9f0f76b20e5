// TCP, and TLS without gRPC's habits.
#ifndef WEIR_TESTS_COMMON_NET_ODD_CLIENT_H_
#define WEIR_TESTS_COMMON_NET_ODD_CLIENT_H_

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "cli/certs/authority.h"
#include "common/net/host_port.h"
#include "common/tls/certificate.h"
#include "common/tls/openssl.h"

namespace weir::testing {

// Connected from its making on; blocks.
class OddClient {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  explicit OddClient(const std::string& address) : stream_(loop_, context_) {
    stream_.lowest_layer().connect({boost::asio::ip::address_v4::loopback(),
                                    net::ParseHostPort(address)->port});
  }
  void Send(std::string_view bytes) {
    boost::asio::write(stream_.next_layer(),
                       boost::asio::buffer(bytes.data(), bytes.size()));
  }
  void Show(const cli::SignedKey& key) {
    SSL* const ssl = stream_.native_handle();
    const tls::CertificatePtr certificate =
        std::move(tls::ParseCertificates(key.certificate).value().front());
    SSL_use_certificate(ssl, certificate.get());
    SSL_use_PrivateKey(ssl, tls::ParsePrivateKey(key.key.Reveal())->get());
  }
  // Without a protocol's name.
  void ShakeHands() {
    boost::system::error_code error;
    stream_.handshake(boost::asio::ssl::stream_base::client, error);
  }
  void AwaitEnd() {
    char bytes[1024];
    boost::system::error_code error;
    while (!error) {
      stream_.next_layer().read_some(boost::asio::buffer(bytes), error);
    }
  }

 private:
  boost::asio::io_context loop_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  boost::asio::ssl::stream<Socket> stream_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_ODD_CLIENT_H_
