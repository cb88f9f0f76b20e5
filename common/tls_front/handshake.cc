#include "common/tls_front/handshake.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/tls/certificate.h"
#include "common/tls/openssl.h"
#include "common/tls_front/record_keys.h"
#include "common/tls_front/session.h"

namespace weir::tls_front {
namespace {

using NamesPtr =
    std::unique_ptr<GENERAL_NAMES, tls::FreeBy<GENERAL_NAMES_free>>;

std::vector<std::string> UrisOf(const X509& certificate) {
  std::vector<std::string> uris;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get());
       ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_STRING* const uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<std::size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

Refusal RefusalBy(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Refusal::kExpired;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return Refusal::kUnknownAuthority;
    default:
      return Refusal::kBadCertificate;
  }
}

const char* ReasonOf(unsigned long error) {
  const char* const reason = ERR_reason_error_string(error);
  return reason == nullptr ? "TLS failed" : reason;
}

}  // namespace

void Handshake::Prepare(SSL_CTX* context) {
  SSL_CTX_set_keylog_callback(context, OnSecret);
}

Handshake::Handshake(const tls::ContextPtr& context, int fd)
    : fd_(fd), ssl_(context == nullptr ? nullptr : SSL_new(context.get())) {
  if (ssl_ == nullptr) return;
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), OnVerified);
  if (SSL_set_fd(ssl_.get(), fd) != 1) ssl_.reset();
}

Handshake::~Handshake() {
  OPENSSL_cleanse(incoming_.bytes.data(), incoming_.bytes.size());
  OPENSSL_cleanse(outgoing_.bytes.data(), outgoing_.bytes.size());
}

// OpenSSL's way to give secrets away is a line `LABEL RANDOM SECRET`, the last
// two in hexadecimal.
void Handshake::OnSecret(const SSL* ssl, const char* line) {
  auto* const self = static_cast<Handshake*>(SSL_get_app_data(ssl));
  const std::string_view text(line);
  Secret* secret = nullptr;
  if (text.starts_with("CLIENT_TRAFFIC_SECRET_0 ")) secret = &self->incoming_;
  if (text.starts_with("SERVER_TRAFFIC_SECRET_0 ")) secret = &self->outgoing_;
  if (secret == nullptr) return;
  const std::string_view digits = text.substr(text.rfind(' ') + 1);
  if (digits.size() > 2 * secret->bytes.size()) return;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    secret->bytes[i / 2] = static_cast<char>(
        OPENSSL_hexchar2int(static_cast<unsigned char>(digits[i])) << 4 |
        OPENSSL_hexchar2int(static_cast<unsigned char>(digits[i + 1])));
  }
  secret->size = digits.size() / 2;
}

int Handshake::OnVerified(int fine, X509_STORE_CTX* verification) {
  if (fine == 1) return fine;
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(
      verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  X509* const wrong = X509_STORE_CTX_get_current_cert(verification);
  if (wrong == nullptr || X509_up_ref(wrong) != 1) return fine;
  static_cast<Handshake*>(SSL_get_app_data(ssl))->wrong_.reset(wrong);
  return fine;
}

Handshake::Next Handshake::Step(absl::Time wall_now) {
  ERR_clear_error();
  if (ssl_ == nullptr) {
    return Fail(Refusal::kNoRoom, "OpenSSL could not begin");
  }
  const int result = SSL_accept(ssl_.get());
  if (result == 1) return Finish();
  switch (const int error = SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Next::kAwaitReadable;
    case SSL_ERROR_WANT_WRITE:
      return Next::kAwaitWritable;
    default:
      return FailBy(error, wall_now);
  }
}

Handshake::Next Handshake::Finish() {
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  if (size > 0) return Next::kDone;
  return Fail(Refusal::kNoHttp2,
              "it does not say that it speaks HTTP/2 (ALPN)");
}

Handshake::Next Handshake::Fail(Refusal refusal, std::string why) {
  ERR_clear_error();
  failure_ = {refusal, std::move(why)};
  return Next::kFailed;
}

Handshake::Next Handshake::FailBy(int error, absl::Time wall_now) {
  const unsigned long first = ERR_peek_error();
  if (error != SSL_ERROR_SSL || first == 0) {
    return Fail(Refusal::kPeerLeft, "it left amid the handshake");
  }
  const int reason = ERR_GET_REASON(first);
  if (ERR_GET_LIB(first) == ERR_LIB_SSL) {
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      return FailByCertificate(wall_now);
    }
    if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
      return Fail(Refusal::kNoCertificate, "it shows no certificate");
    }
    if (reason == SSL_R_NO_APPLICATION_PROTOCOL) {
      return Fail(Refusal::kNoHttp2, "it does not speak HTTP/2 (ALPN)");
    }
    // Alerts that came: OpenSSL numbers them from here on.
    if (reason > SSL_AD_REASON_OFFSET) {
      return Fail(Refusal::kByPeer,
                  absl::StrCat("it refuses us: ", ReasonOf(first)));
    }
  }
  return Fail(Refusal::kNoTls, absl::StrCat("it speaks no TLS that is spoken "
                                            "here: ",
                                            ReasonOf(first)));
}

Handshake::Next Handshake::FailByCertificate(absl::Time wall_now) {
  const long verdict = SSL_get_verify_result(ssl_.get());
  std::string why;
  if (wrong_ == nullptr) {
    why = "its certificate is refused";
  } else if (absl::Status valid = tls::CheckValidity(*wrong_, wall_now);
             !valid.ok()) {
    why = std::string(valid.message());
  } else {
    why = absl::StrCat("the certificate of \"", tls::CommonName(*wrong_),
                       "\" is refused");
  }
  return Fail(RefusalBy(verdict),
              absl::StrCat(why, ": certificate verify failed: ",
                           X509_verify_cert_error_string(verdict)));
}

std::optional<Peer::Certificate> Handshake::Certificate() const {
  const X509* const shown = SSL_get0_peer_certificate(ssl_.get());
  if (shown == nullptr) return std::nullopt;
  return Peer::Certificate{tls::CommonName(*shown), UrisOf(*shown)};
}

std::unique_ptr<Session> Handshake::TakeSession() {
  SSL_set_app_data(ssl_.get(), nullptr);
  // OpenSSL has read up to the end of the handshake and no further, and says
  // nothing behind its own end of it: no session is resumed.
  if (SSL_version(ssl_.get()) == TLS1_3_VERSION &&
      SSL_has_pending(ssl_.get()) == 0) {
    const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl_.get());
    const std::optional<RecordKeys> incoming =
        RecordKeys::Make(*cipher, incoming_.text());
    const std::optional<RecordKeys> outgoing =
        RecordKeys::Make(*cipher, outgoing_.text());
    if (incoming.has_value() && outgoing.has_value()) {
      return MakeRecordSession(fd_, *incoming, *outgoing);
    }
  }
  SSL_set_read_ahead(ssl_.get(), 1);
  return MakeSslSession(std::move(ssl_));
}

}  // namespace weir::tls_front
