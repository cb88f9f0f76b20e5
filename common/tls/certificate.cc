#include "common/tls/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/tls/openssl.h"

namespace weir::tls {
namespace {

BioPtr ReadOnly(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// OpenSSL asks the terminal otherwise.
int NoPassword(char*, int, int, void*) { return 0; }

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

// `3d4h`, `2h5m`, `12s`: whole units, the two largest.
std::string AgeText(absl::Duration age) {
  const auto whole = [](absl::Duration all, absl::Duration unit) {
    return absl::IDivDuration(all, unit, &all);
  };
  if (age >= absl::Hours(24)) {
    return absl::StrCat(whole(age, absl::Hours(24)), "d",
                        whole(age % absl::Hours(24), absl::Hours(1)), "h");
  }
  return absl::FormatDuration(absl::Trunc(age, absl::Seconds(1)));
}

}  // namespace

absl::StatusOr<std::vector<CertificatePtr>> ParseCertificates(
    std::string_view pem) {
  const BioPtr text = ReadOnly(pem);
  std::vector<CertificatePtr> certificates;
  ERR_clear_error();
  while (X509* const next =
             PEM_read_bio_X509(text.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(next);
  }
  // It always ends by an error; that there is no further block is a good one.
  const auto end = ERR_peek_last_error();
  ERR_clear_error();
  const bool read_all = ERR_GET_LIB(end) == ERR_LIB_PEM &&
                        ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
  if (!read_all) {
    return absl::InvalidArgumentError(absl::StrCat("certificate number ",
                                                   certificates.size() + 1,
                                                   " can't be read as PEM"));
  }
  if (certificates.empty()) {
    return absl::InvalidArgumentError("there is no certificate in PEM in it");
  }
  return certificates;
}

absl::StatusOr<KeyPtr> ParsePrivateKey(std::string_view pem) {
  const BioPtr text = ReadOnly(pem);
  KeyPtr key(PEM_read_bio_PrivateKey(text.get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "there is no private key in PEM without a password in it");
  }
  return key;
}

absl::Time NotBefore(const X509& certificate) {
  return ToTime(X509_get0_notBefore(&certificate));
}

absl::Time NotAfter(const X509& certificate) {
  return ToTime(X509_get0_notAfter(&certificate));
}

std::string CommonName(const X509& certificate) {
  const X509_NAME* const subject = X509_get_subject_name(&certificate);
  int last = -1;
  for (int next = -1; (next = X509_NAME_get_index_by_NID(
                           subject, NID_commonName, next)) >= 0;) {
    last = next;
  }
  if (last < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
  if (size < 0) return "";
  std::string name(reinterpret_cast<const char*>(text),
                   static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return name;
}

absl::Status CheckValidity(const X509& certificate, absl::Time now) {
  const absl::Time begin = NotBefore(certificate);
  const absl::Time end = NotAfter(certificate);
  const std::string whose =
      absl::StrCat("the certificate of \"", CommonName(certificate), "\" ");
  if (now < begin) {
    return absl::FailedPreconditionError(
        absl::StrCat(whose, "is not valid before ", TimeText(begin), ", in ",
                     AgeText(begin - now)));
  }
  if (now > end) {
    return absl::FailedPreconditionError(absl::StrCat(
        whose, "expired on ", TimeText(end), ", ", AgeText(now - end), " ago"));
  }
  return absl::OkStatus();
}

}  // namespace weir::tls
