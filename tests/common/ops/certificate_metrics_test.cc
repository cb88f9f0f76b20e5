#include "common/ops/certificate_metrics.h"

#include "absl/time/time.h"
#include "common/ops/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::ops {
namespace {

using ::testing::HasSubstr;

TEST(CertificateMetricsTest, TellWhenFilesExpireAndWhatBecameOfChanges) {
  MetricPage page;
  AddCertificateMetrics(
      {"grpc", {{"/etc/a.crt", absl::FromUnixSeconds(1'800'000'000)}}, {2, 1}},
      page);
  EXPECT_THAT(page.Text(),
              HasSubstr("weir_certificate_expiry_timestamp_seconds{port="
                        "\"grpc\",file=\"/etc/a.crt\"} 1800000000\n"));
  EXPECT_THAT(page.Text(), HasSubstr("weir_certificate_reloads_total{port="
                                     "\"grpc\",outcome=\"replaced\"} 2\n"));
  EXPECT_THAT(page.Text(), HasSubstr("weir_certificate_reloads_total{port="
                                     "\"grpc\",outcome=\"refused\"} 1\n"));
}

}  // namespace
}  // namespace weir::ops
