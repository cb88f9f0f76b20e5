#include "common/tls/server_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/tls/certificate.h"
#include "common/tls/identity.h"
#include "common/tls/openssl.h"

namespace weir::tls {
namespace {

// A list of one, as ALPN has it.
constexpr unsigned char kHttp11[] = "\x08http/1.1";
constexpr unsigned char kHttp2[] = "\x02h2";

// gRPC's own, which nodes offer too.
constexpr char kTls12Ciphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
constexpr char kTls13Ciphers[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
    "TLS_CHACHA20_POLY1305_SHA256";

template <const auto& kProtocol>
int SelectProtocol(SSL*, const unsigned char** selected, unsigned char* size,
                   const unsigned char* offered, unsigned int offered_size,
                   void*) {
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(
      &chosen, size, kProtocol, sizeof(kProtocol) - 1, offered, offered_size);
  *selected = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                          : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool UseIdentity(SSL_CTX* context, const std::vector<CertificatePtr>& chain,
                 EVP_PKEY* key) {
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) return false;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return false;
  }
  return SSL_CTX_use_PrivateKey(context, key) == 1;
}

// What all ports have in common.
absl::StatusOr<ContextPtr> MakeContext(const Identity& identity) {
  const absl::StatusOr<std::vector<CertificatePtr>> chain =
      ParseCertificates(identity.certificate_chain);
  if (!chain.ok()) return chain.status();
  const absl::StatusOr<KeyPtr> key =
      ParsePrivateKey(identity.private_key.Reveal());
  if (!key.ok()) return key.status();
  ContextPtr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr ||
      SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      !UseIdentity(context.get(), *chain, key->get())) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL refuses the certificate or its key");
  }
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

// Peers have to come from one of `authorities`, whatever authority that one
// comes from.
bool Believe(SSL_CTX* context, const std::vector<CertificatePtr>& authorities) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  if (X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) != 1) return false;
  for (const CertificatePtr& authority : authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<ContextPtr> MakeServerContext(const Identity& identity) {
  absl::StatusOr<ContextPtr> context = MakeContext(identity);
  if (!context.ok()) return context.status();
  SSL_CTX_set_alpn_select_cb(context->get(), SelectProtocol<kHttp11>, nullptr);
  return context;
}

absl::StatusOr<ContextPtr> MakeGrpcContext(const Identity& identity,
                                           ClientCertificate wanted) {
  const absl::StatusOr<std::vector<CertificatePtr>> authorities =
      ParseCertificates(identity.authorities);
  if (!authorities.ok()) return authorities.status();
  absl::StatusOr<ContextPtr> made = MakeContext(identity);
  if (!made.ok()) return made.status();
  SSL_CTX* const context = made->get();
  if (!Believe(context, *authorities) ||
      SSL_CTX_set_cipher_list(context, kTls12Ciphers) != 1 ||
      SSL_CTX_set_ciphersuites(context, kTls13Ciphers) != 1 ||
      SSL_CTX_set_num_tickets(context, 0) != 1) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL refuses the authorities");
  }
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(
      context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context,
                     wanted == ClientCertificate::kRequired
                         ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                         : SSL_VERIFY_PEER,
                     nullptr);
  SSL_CTX_set_alpn_select_cb(context, SelectProtocol<kHttp2>, nullptr);
  return made;
}

}  // namespace weir::tls
