// TLS towards providers.
#ifndef WEIR_COMMON_NET_TLS_H_
#define WEIR_COMMON_NET_TLS_H_

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::net {

// A context for connections to providers: TLS 1.2 or later, the peer verified
// by the authorities of `ca_file` (PEM), or by the system's when empty.
// FAILED_PRECONDITION: the file can't be read or holds no certificate.
absl::StatusOr<std::shared_ptr<boost::asio::ssl::context>> MakeClientContext(
    const std::string& ca_file);

// The last TLS session with one peer, to resume from: a resumed handshake costs
// the peer no signature and us no verification.
//
// A session is offered only with the context and the name that it was verified
// with, so a changed authority or name means a full handshake. Tickets may come
// at any time of a connection's life, and may come after this has gone.
//
// Not thread-safe: one per worker and provider, used where the connections'
// loop runs.
class TlsSessionCache {
 public:
  TlsSessionCache();
  ~TlsSessionCache();
  TlsSessionCache(const TlsSessionCache&) = delete;
  TlsSessionCache& operator=(const TlsSessionCache&) = delete;

  // The next handshake is a full one. For after a handshake that failed: the
  // session may be what the peer stumbled over.
  void Forget();

  // Shared with the connections, which fill it; of tls.cc.
  struct Slot;

 private:
  friend absl::Status PrepareClient(
      SSL* ssl, std::shared_ptr<boost::asio::ssl::context> context,
      const std::string& server_name, TlsSessionCache* sessions);
  std::shared_ptr<Slot> slot_;
};

// Makes `ssl`, a new connection of `context`, verify that the peer is
// `server_name` (a DNS name, which is also sent as SNI, or a literal address),
// and use `sessions` unless null. INTERNAL when OpenSSL refuses.
absl::Status PrepareClient(SSL* ssl,
                           std::shared_ptr<boost::asio::ssl::context> context,
                           const std::string& server_name,
                           TlsSessionCache* sessions);

// Why `ssl` did not come about: the verification's verdict where that was it,
// else `fallback`.
std::string DescribeHandshakeFailure(SSL* ssl, const std::string& fallback);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_TLS_H_
