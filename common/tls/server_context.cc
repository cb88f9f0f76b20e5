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

constexpr unsigned char kHttp11[] = "\x08http/1.1";

int SelectProtocol(SSL*, const unsigned char** selected, unsigned char* size,
                   const unsigned char* offered, unsigned int offered_size,
                   void*) {
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(
      &chosen, size, kHttp11, sizeof(kHttp11) - 1, offered, offered_size);
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

}  // namespace

absl::StatusOr<ContextPtr> MakeServerContext(const Identity& identity) {
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
  // Tickets hold what there is to remember.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), SelectProtocol, nullptr);
  return context;
}

}  // namespace weir::tls
