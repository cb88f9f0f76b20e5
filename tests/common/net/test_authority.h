// A certificate authority for tests.
#ifndef WEIR_TESTS_COMMON_NET_TEST_AUTHORITY_H_
#define WEIR_TESTS_COMMON_NET_TEST_AUTHORITY_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace weir::testing {

struct ServerIdentity {
  // subjectAltName as OpenSSL writes it: `DNS:a.test,IP:127.0.0.1`.
  std::string alternative_names;
  // Its certificate ends this long from now; negative: it has expired.
  absl::Duration valid_for = absl::Hours(1);
};

struct KeyAndCertificate {
  std::string key_pem;
  std::string certificate_pem;
};

// Signs server certificates with a key of its own (P-256, made anew each time).
// Ends the process when OpenSSL fails, which only a broken test does.
class TestAuthority {
 public:
  TestAuthority();

  // What a client has to trust.
  std::string certificate_pem() const;

  KeyAndCertificate Issue(const ServerIdentity& identity) const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  Key key_;
  Certificate certificate_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_COMMON_NET_TEST_AUTHORITY_H_
