#include "tests/common/net/test_authority.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace weir::testing {
namespace {

void Require(bool ok, const char* what) {
  if (ok) return;
  std::cerr << "TestAuthority: " << what << " failed\n";
  std::abort();
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio MemoryBio() { return Bio(BIO_new(BIO_s_mem()), BIO_free); }

std::string Content(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string CertificatePem(X509* certificate) {
  const Bio bio = MemoryBio();
  Require(PEM_write_bio_X509(bio.get(), certificate) == 1, "writing PEM");
  return Content(bio);
}

void AddExtension(X509* certificate, X509* issuer, int id,
                  const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>
      extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()),
                X509_EXTENSION_free);
  Require(extension != nullptr &&
              X509_add_ext(certificate, extension.get(), -1) == 1,
          "adding an extension");
}

// A certificate that lacks its extensions and its signature. Began a day ago.
X509* Draft(EVP_PKEY* key, X509_NAME* issuer, const char* common_name,
            absl::Duration valid_for) {
  static long serial = 1;
  X509* const draft = X509_new();
  Require(draft != nullptr, "a new certificate");
  X509_set_version(draft, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(draft), serial++);
  X509_gmtime_adj(X509_getm_notBefore(draft), -24 * 60 * 60);
  X509_gmtime_adj(X509_getm_notAfter(draft),
                  static_cast<long>(absl::ToInt64Seconds(valid_for)));
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(draft), "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_issuer_name(draft, issuer ? issuer : X509_get_subject_name(draft));
  Require(X509_set_pubkey(draft, key) == 1, "setting the key");
  return draft;
}

}  // namespace

TestAuthority::TestAuthority()
    : key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
      certificate_(
          Draft(key_.get(), nullptr, "weir test authority", absl::Hours(24)),
          X509_free) {
  X509* const own = certificate_.get();
  AddExtension(own, own, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(own, own, NID_key_usage, "critical,keyCertSign");
  Require(X509_sign(own, key_.get(), EVP_sha256()) > 0, "signing");
}

std::string TestAuthority::certificate_pem() const {
  return CertificatePem(certificate_.get());
}

KeyAndCertificate TestAuthority::Issue(const ServerIdentity& identity) const {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate certificate(
      Draft(key.get(), X509_get_subject_name(certificate_.get()),
            "weir test server", identity.valid_for),
      X509_free);
  AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name,
               identity.alternative_names);
  Require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0,
          "signing");
  const Bio bio = MemoryBio();
  Require(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0,
                                   nullptr, nullptr) == 1,
          "writing the key");
  return {Content(bio), CertificatePem(certificate.get())};
}

}  // namespace weir::testing
