// The server's side of a TLS handshake, and what it says of the peer.
#ifndef WEIR_COMMON_TLS_FRONT_HANDSHAKE_H_
#define WEIR_COMMON_TLS_FRONT_HANDSHAKE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/tls/openssl.h"
#include "common/tls_front/handshake_counts.h"
#include "common/tls_front/peer.h"

namespace weir::tls_front {

using SslPtr = std::unique_ptr<SSL, tls::FreeBy<SSL_free>>;

// One handshake on a non-blocking socket. Not thread-safe.
class Handshake {
 public:
  enum class Next { kAwaitReadable, kAwaitWritable, kDone, kFailed };

  // Null context: it fails at once. `fd` stays the caller's, who keeps it open.
  Handshake(const tls::ContextPtr& context, int fd);
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;

  // As far as it goes; `wall_now` is what certificates are judged by in
  // failure().
  Next Step(absl::Time wall_now);

  // REQUIRES: kFailed.
  const Failure& failure() const { return *failure_; }

  // REQUIRES: kDone; both once. The certificate that the peer has shown.
  std::optional<Peer::Certificate> Certificate() const;
  SslPtr TakeConnection();

 private:
  static int OnVerified(int fine, X509_STORE_CTX* verification);

  Next Finish();
  Next Fail(Refusal refusal, std::string why);
  Next FailBy(int error, absl::Time wall_now);
  Next FailByCertificate(absl::Time wall_now);

  SslPtr ssl_;
  // The certificate that was found wrong; null: none was.
  tls::CertificatePtr wrong_;
  std::optional<Failure> failure_;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_HANDSHAKE_H_
