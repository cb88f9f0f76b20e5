// What a TLS server of a test begins with.
#ifndef WEIR_TESTS_DATAPLANE_IO_SERVER_CONTEXT_H_
#define WEIR_TESTS_DATAPLANE_IO_SERVER_CONTEXT_H_

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "tests/common/net/test_authority.h"

namespace weir::dataplane::io {

using SslContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// Of a server called localhost, by an authority that nobody knows.
inline SslContext ServerContext() {
  const testing::KeyAndCertificate identity =
      testing::TestAuthority().Issue({.alternative_names = "DNS:localhost"});
  SslContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const auto open = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(open(identity.certificate_pem).get(), nullptr, nullptr,
                        nullptr),
      &X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(open(identity.key_pem).get(), nullptr, nullptr,
                              nullptr),
      &EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  return context;
}

}  // namespace weir::dataplane::io

#endif  // WEIR_TESTS_DATAPLANE_IO_SERVER_CONTEXT_H_
