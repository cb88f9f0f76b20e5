// What metrics tell of certificates.
#ifndef WEIR_COMMON_OPS_CERTIFICATE_METRICS_H_
#define WEIR_COMMON_OPS_CERTIFICATE_METRICS_H_

#include <string>
#include <vector>

#include "common/ops/metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"

namespace weir::ops {

struct PortCertificates {
  // Whose they are: `grpc`, say.
  std::string port;
  std::vector<tls::Identity::Expiry> expiries;
  // Changes of the files.
  tls::IdentityWatch::Counts changes;
};

// As they are now.
PortCertificates CertificatesOf(std::string port,
                                const tls::IdentityWatch& identity);

void AddCertificateMetrics(const PortCertificates& certificates,
                           MetricPage& page);

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_CERTIFICATE_METRICS_H_
