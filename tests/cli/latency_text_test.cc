#include "cli/latency_text.h"

#include "gtest/gtest.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

TEST(LatencyTextTest, HasALineForEachTargetOnce) {
  admin::Status status;
  admin::ModelStatus& model = *status.add_models();
  model.set_model("m");
  admin::TargetStatus& known = *model.add_targets();
  known.set_provider("relay");
  known.set_upstream_model("m");
  known.set_latency_ms(320);
  known.set_latency_p95_ms(1250);
  known.set_latency_average_ms(310);
  known.set_headroom(0.125);
  known.add_latency_history_ms(330.4);
  known.add_latency_history_ms(290);
  admin::RegionLatency& eu = *known.add_regions();
  eu.set_region("eu");
  eu.set_latency_ms(120);
  known.add_regions()->set_latency_ms(500);
  model.add_targets()->set_provider("direct");
  const admin::ModelStatus same = model;
  *status.add_models() = same;
  EXPECT_EQ(LatencyText(status, Paint::kPlain),
            "PROVIDER  UPSTREAM  LATENCY     P95  LAST 5  HEADROOM  BY REGION"
            "            LAST 10 (ms, newest first)\n"
            "relay     m          320 ms  1.25 s  310 ms    12.5 %  eu 120 ms, "
            "* 500 ms  330 290\n"
            "direct    -               -       -       -         -  -        "
            "            -\n");
}

}  // namespace
}  // namespace weir::cli
