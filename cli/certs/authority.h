// A certificate authority in memory.
#ifndef WEIR_CLI_CERTS_AUTHORITY_H_
#define WEIR_CLI_CERTS_AUTHORITY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/secrets.h"
#include "common/tls/openssl.h"

namespace weir::cli {

// PEM.
struct SignedKey {
  std::string certificate;
  config::Secret key;
};

struct CertificateRequest {
  std::string common_name;
  // DNS names or literal addresses that it is good for.
  std::vector<std::string> hosts = {};
  std::vector<std::string> uris = {};
  enum class Use { kServer, kClient, kBoth };
  Use use = Use::kClient;
  absl::Time not_before;
  absl::Time not_after;
};

// Keys are P-256 and made anew each time. INTERNAL errors are OpenSSL's.
//
// Not thread-safe.
class Authority {
 public:
  static absl::StatusOr<Authority> Create(const std::string& common_name,
                                          absl::Time not_before,
                                          absl::Time not_after);

  // INVALID_ARGUMENT: a host or URI with a character that none has.
  absl::StatusOr<SignedKey> Sign(const CertificateRequest& request) const;

  // What its clients have to believe, and what must be kept to sign more.
  const SignedKey& own() const { return own_; }

 private:
  Authority(tls::KeyPtr key, tls::CertificatePtr certificate, SignedKey own)
      : key_(std::move(key)),
        certificate_(std::move(certificate)),
        own_(std::move(own)) {}

  tls::KeyPtr key_;
  tls::CertificatePtr certificate_;
  SignedKey own_;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_CERTS_AUTHORITY_H_
