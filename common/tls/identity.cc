#include "common/tls/identity.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/secrets.h"
#include "common/tls/certificate.h"
#include "common/tls/openssl.h"

namespace weir::tls {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

absl::Status Refuse(const std::string& file, const absl::Status& why) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", why.message()));
}

absl::StatusOr<std::string> ReadAll(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.eof() || in.bad()) {
    return absl::FailedPreconditionError(
        absl::StrCat(file, text.size() > kMaxBytes ? ": is more than 1 MiB"
                                                   : ": can't be read"));
  }
  return text;
}

// The certificate that the port shows; each of the chain has to be valid.
absl::StatusOr<CertificatePtr> LoadChain(const std::string& file,
                                         absl::Time now, Identity& identity) {
  absl::StatusOr<std::string> pem = ReadAll(file);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<std::vector<CertificatePtr>> chain = ParseCertificates(*pem);
  if (!chain.ok()) return Refuse(file, chain.status());
  absl::Time first_end = absl::InfiniteFuture();
  for (const CertificatePtr& certificate : *chain) {
    absl::Status valid = CheckValidity(*certificate, now);
    if (!valid.ok()) return Refuse(file, valid);
    first_end = std::min(first_end, NotAfter(*certificate));
  }
  identity.certificate_chain = *std::move(pem);
  identity.expiries.push_back({file, first_end});
  return std::move(chain->front());
}

absl::Status LoadKey(const IdentityFiles& files, X509& certificate,
                     Identity& identity) {
  absl::StatusOr<std::string> pem = ReadAll(files.key);
  if (!pem.ok()) return pem.status();
  config::Secret secret(*std::move(pem));
  const absl::StatusOr<KeyPtr> key = ParsePrivateKey(secret.Reveal());
  if (!key.ok()) return Refuse(files.key, key.status());
  const bool fits = X509_check_private_key(&certificate, key->get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return absl::FailedPreconditionError(
        absl::StrCat(files.key, ": is not the key of the certificate of \"",
                     CommonName(certificate), "\" in ", files.certificate));
  }
  identity.private_key = std::move(secret);
  return absl::OkStatus();
}

absl::Status LoadAuthorities(const std::string& file, absl::Time now,
                             Identity& identity) {
  absl::StatusOr<std::string> pem = ReadAll(file);
  if (!pem.ok()) return pem.status();
  const absl::StatusOr<std::vector<CertificatePtr>> authorities =
      ParseCertificates(*pem);
  if (!authorities.ok()) return Refuse(file, authorities.status());
  absl::Time last_end = absl::InfinitePast();
  absl::Status why;
  bool some_valid = false;
  for (const CertificatePtr& authority : *authorities) {
    absl::Status valid = CheckValidity(*authority, now);
    some_valid = some_valid || valid.ok();
    if (!valid.ok()) why = std::move(valid);
    last_end = std::max(last_end, NotAfter(*authority));
  }
  if (!some_valid) return Refuse(file, why);
  identity.authorities = *std::move(pem);
  identity.expiries.push_back({file, last_end});
  return absl::OkStatus();
}

}  // namespace

std::set<std::string> IdentityFiles::paths() const {
  std::set<std::string> all = {certificate, key, authorities};
  all.erase("");
  return all;
}

absl::StatusOr<Identity> LoadIdentity(const IdentityFiles& files,
                                      absl::Time now) {
  Identity identity;
  if (!files.certificate.empty()) {
    const absl::StatusOr<CertificatePtr> own =
        LoadChain(files.certificate, now, identity);
    if (!own.ok()) return own.status();
    absl::Status key = LoadKey(files, **own, identity);
    if (!key.ok()) return key;
  }
  if (!files.authorities.empty()) {
    absl::Status authorities =
        LoadAuthorities(files.authorities, now, identity);
    if (!authorities.ok()) return authorities;
  }
  return identity;
}

}  // namespace weir::tls
