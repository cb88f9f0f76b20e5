// What PEM text holds.
#ifndef WEIR_COMMON_TLS_CERTIFICATE_H_
#define WEIR_COMMON_TLS_CERTIFICATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/tls/openssl.h"

namespace weir::tls {

// Every certificate in `pem`, in its order; one or more. INVALID_ARGUMENT when
// there is none, or one that can't be read.
absl::StatusOr<std::vector<CertificatePtr>> ParseCertificates(
    std::string_view pem);

// The private key in `pem`. INVALID_ARGUMENT when there is none, or it is
// encrypted: nobody is there who could type a password.
absl::StatusOr<KeyPtr> ParsePrivateKey(std::string_view pem);

absl::Time NotBefore(const X509& certificate);
absl::Time NotAfter(const X509& certificate);
// The subject's last common name; empty where it has none.
std::string CommonName(const X509& certificate);

// FAILED_PRECONDITION where `certificate` is not valid at `now`: whose it is,
// and since or until when that is so.
absl::Status CheckValidity(const X509& certificate, absl::Time now);

}  // namespace weir::tls

#endif  // WEIR_COMMON_TLS_CERTIFICATE_H_
