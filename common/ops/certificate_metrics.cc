#include "common/ops/certificate_metrics.h"

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/ops/metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"

namespace weir::ops {

PortCertificates CertificatesOf(std::string port,
                                const tls::IdentityWatch& identity) {
  return {std::move(port), identity.Current()->expiries, identity.counts()};
}

void AddCertificateMetrics(const PortCertificates& certificates,
                           MetricPage& page) {
  const std::string& port = certificates.port;
  for (const tls::Identity::Expiry& expiry : certificates.expiries) {
    page.Gauge("weir_certificate_expiry_timestamp_seconds",
               "When the certificates of a file expire, in seconds since 1970",
               {{"port", port}, {"file", expiry.file}},
               absl::ToDoubleSeconds(expiry.when - absl::UnixEpoch()));
  }
  constexpr char kReloads[] = "weir_certificate_reloads_total";
  constexpr char kHelp[] =
      "Changes of a port's files of certificates and keys, taken up or refused";
  page.Counter(kReloads, kHelp, {{"port", port}, {"outcome", "replaced"}},
               static_cast<double>(certificates.changes.replaced));
  page.Counter(kReloads, kHelp, {{"port", port}, {"outcome", "refused"}},
               static_cast<double>(certificates.changes.refused));
}

}  // namespace weir::ops
