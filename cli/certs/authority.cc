#include "cli/certs/authority.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/config/secrets.h"
#include "common/tls/openssl.h"

namespace weir::cli {
namespace {

using tls::BioPtr;
using tls::CertificatePtr;
using tls::KeyPtr;

absl::Status OpensslRefuses(const char* what) {
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL refuses ", what));
}

std::string Content(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

absl::StatusOr<SignedKey> ToPem(X509* certificate, EVP_PKEY* key) {
  const BioPtr chain(BIO_new(BIO_s_mem()));
  // Cleared when it is freed, as the other is not.
  const BioPtr secret(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_X509(chain.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr,
                               nullptr) != 1) {
    return OpensslRefuses("to write PEM");
  }
  return SignedKey{Content(chain.get()), config::Secret(Content(secret.get()))};
}

bool AddExtension(X509* certificate, X509* issuer, int id,
                  const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, tls::FreeBy<X509_EXTENSION_free>>
      extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension != nullptr &&
         X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetTime(ASN1_TIME* to, absl::Time time) {
  return ASN1_TIME_set(to, absl::ToTimeT(time)) != nullptr;
}

// 159 bits, for RFC 5280 allows 20 bytes and wants a positive number.
bool SetSerial(X509* certificate) {
  const std::unique_ptr<BIGNUM, tls::FreeBy<BN_free>> number(BN_new());
  return number != nullptr &&
         BN_rand(number.get(), 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) !=
             nullptr;
}

// Lacks its extensions and its signature. `issuer` is null for its own.
CertificatePtr Draft(const std::string& common_name, absl::Time not_before,
                     absl::Time not_after, EVP_PKEY* key, X509* issuer) {
  CertificatePtr draft(X509_new());
  if (draft == nullptr || X509_set_version(draft.get(), X509_VERSION_3) != 1 ||
      !SetSerial(draft.get()) ||
      !SetTime(X509_getm_notBefore(draft.get()), not_before) ||
      !SetTime(X509_getm_notAfter(draft.get()), not_after) ||
      X509_set_pubkey(draft.get(), key) != 1) {
    return nullptr;
  }
  X509_NAME* const subject = X509_get_subject_name(draft.get());
  const bool named =
      X509_NAME_add_entry_by_NID(
          subject, NID_commonName, MBSTRING_UTF8,
          reinterpret_cast<const unsigned char*>(common_name.data()),
          static_cast<int>(common_name.size()), -1, 0) == 1;
  X509_NAME* const issuer_name =
      issuer == nullptr ? subject : X509_get_subject_name(issuer);
  if (!named || X509_set_issuer_name(draft.get(), issuer_name) != 1) {
    return nullptr;
  }
  return draft;
}

// For OpenSSL's little language: no comma may smuggle in another name.
bool IsPlain(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
           c == '-' || c == ':' || c == '/' || c == '*' || c == '_';
  });
}

absl::StatusOr<std::string> AlternativeNames(
    const CertificateRequest& request) {
  std::vector<std::string> names;
  for (const std::string& host : request.hosts) {
    if (!IsPlain(host)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", host, "\" is no name of a host"));
    }
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(host, not_an_address);
    names.push_back(absl::StrCat(not_an_address ? "DNS:" : "IP:", host));
  }
  for (const std::string& uri : request.uris) {
    if (!IsPlain(uri)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", uri, "\" is no plain URI"));
    }
    names.push_back(absl::StrCat("URI:", uri));
  }
  return absl::StrJoin(names, ",");
}

const char* Purposes(CertificateRequest::Use use) {
  switch (use) {
    case CertificateRequest::Use::kServer:
      return "serverAuth";
    case CertificateRequest::Use::kClient:
      return "clientAuth";
    case CertificateRequest::Use::kBoth:
      return "serverAuth,clientAuth";
  }
  return "";
}

}  // namespace

absl::StatusOr<Authority> Authority::Create(const std::string& common_name,
                                            absl::Time not_before,
                                            absl::Time not_after) {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpensslRefuses("to make a key");
  CertificatePtr own =
      Draft(common_name, not_before, not_after, key.get(), nullptr);
  if (own == nullptr ||
      !AddExtension(own.get(), own.get(), NID_basic_constraints,
                    "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(own.get(), own.get(), NID_key_usage,
                    "critical,keyCertSign,cRLSign") ||
      !AddExtension(own.get(), own.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(own.get(), key.get(), EVP_sha256()) <= 0) {
    return OpensslRefuses("to make an authority");
  }
  absl::StatusOr<SignedKey> pem = ToPem(own.get(), key.get());
  if (!pem.ok()) return pem.status();
  return Authority(std::move(key), std::move(own), *std::move(pem));
}

absl::StatusOr<SignedKey> Authority::Sign(
    const CertificateRequest& request) const {
  const absl::StatusOr<std::string> names = AlternativeNames(request);
  if (!names.ok()) return names.status();
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpensslRefuses("to make a key");
  const CertificatePtr draft =
      Draft(request.common_name, request.not_before, request.not_after,
            key.get(), certificate_.get());
  if (draft == nullptr ||
      !AddExtension(draft.get(), certificate_.get(), NID_basic_constraints,
                    "critical,CA:FALSE") ||
      !AddExtension(draft.get(), certificate_.get(), NID_key_usage,
                    "critical,digitalSignature") ||
      !AddExtension(draft.get(), certificate_.get(), NID_ext_key_usage,
                    Purposes(request.use)) ||
      // Two authorities of one name are told apart, and errors say so.
      !AddExtension(draft.get(), certificate_.get(),
                    NID_authority_key_identifier, "keyid:always") ||
      (!names->empty() && !AddExtension(draft.get(), certificate_.get(),
                                        NID_subject_alt_name, *names)) ||
      X509_sign(draft.get(), key_.get(), EVP_sha256()) <= 0) {
    return OpensslRefuses("to sign a certificate");
  }
  return ToPem(draft.get(), key.get());
}

}  // namespace weir::cli
