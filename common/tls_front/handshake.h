// The server's side of a TLS handshake, and what it says of the peer.
#ifndef WEIR_COMMON_TLS_FRONT_HANDSHAKE_H_
#define WEIR_COMMON_TLS_FRONT_HANDSHAKE_H_

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/tls/openssl.h"
#include "common/tls_front/handshake_counts.h"
#include "common/tls_front/peer.h"
#include "common/tls_front/session.h"

namespace weir::tls_front {

// One handshake on a non-blocking socket. Not thread-safe.
class Handshake {
 public:
  enum class Next { kAwaitReadable, kAwaitWritable, kDone, kFailed };

  // What a handshake needs of `context`, once.
  static void Prepare(SSL_CTX* context);

  // Null context: it fails at once. `fd` stays the caller's, who keeps it open.
  // REQUIRES: `context` is prepared.
  Handshake(const tls::ContextPtr& context, int fd);
  ~Handshake();
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;

  // As far as it goes; `wall_now` is what certificates are judged by in
  // failure().
  Next Step(absl::Time wall_now);

  // REQUIRES: kFailed.
  const Failure& failure() const { return *failure_; }

  // REQUIRES: kDone; both once. The certificate that the peer has shown.
  std::optional<Peer::Certificate> Certificate() const;
  std::unique_ptr<Session> TakeSession();

 private:
  // A traffic secret of TLS 1.3 and how much there is of it.
  struct Secret {
    std::array<char, 48> bytes;
    std::size_t size = 0;
    std::string_view text() const { return {bytes.data(), size}; }
  };

  static int OnVerified(int fine, X509_STORE_CTX* verification);
  static void OnSecret(const SSL* ssl, const char* line);

  Next Finish();
  Next Fail(Refusal refusal, std::string why);
  Next FailBy(int error, absl::Time wall_now);
  Next FailByCertificate(absl::Time wall_now);

  const int fd_;
  SslPtr ssl_;
  // What protects the peer's records behind the handshake, and ours.
  Secret incoming_;
  Secret outgoing_;
  // The certificate that was found wrong; null: none was.
  tls::CertificatePtr wrong_;
  std::optional<Failure> failure_;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_HANDSHAKE_H_
