#include "dataplane/sync/greeting.h"

#include <algorithm>
#include <optional>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/sync/report_pace.h"
#include "dataplane/sync/version.h"

namespace weir::dataplane {
namespace {

// Three heartbeats and a half: three may be missed.
constexpr double kHeartbeatsToSilence = 3.5;
constexpr absl::Duration kMinSilence = absl::Milliseconds(500);
constexpr absl::Duration kMaxSilence = absl::Minutes(5);

}  // namespace

routing::v1::SubscribeRequest HelloOf(const RoutingClientOptions& options,
                                      const Lanes& lanes) {
  routing::v1::SubscribeRequest request;
  routing::v1::Hello& hello = *request.mutable_hello();
  hello.set_node_id(options.node_id);
  hello.set_boot_id(options.boot_id);
  hello.set_region(options.region);
  hello.set_build_version(options.build_version);
  hello.set_listen_address(options.listen_address);
  if (const auto version = lanes.config_version()) {
    *hello.mutable_config() = ToProto(*version);
  }
  if (const auto version = lanes.weights_version()) {
    *hello.mutable_weights() = ToProto(*version);
  }
  return request;
}

std::optional<absl::Duration> SilenceLimitOf(
    const routing::v1::Welcome& welcome) {
  const absl::Duration heartbeat =
      config::ToDuration(welcome.heartbeat_interval());
  if (heartbeat <= absl::ZeroDuration()) return std::nullopt;
  return std::clamp(heartbeat * kHeartbeatsToSilence, kMinSilence, kMaxSilence);
}

ReportTerms ReportTermsOf(const routing::v1::Welcome& welcome) {
  return {
      config::ToDuration(welcome.report_interval()),
      welcome.takes_changes() ? ReportExtent::kChanges : ReportExtent::kWhole};
}

}  // namespace weir::dataplane
