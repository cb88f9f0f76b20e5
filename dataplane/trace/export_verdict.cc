#include "dataplane/trace/export_verdict.h"

#include <grpcpp/support/status.h>

#include <algorithm>
#include <optional>

#include "absl/time/time.h"
#include "google/rpc/retry_info.pb.h"

namespace weir::dataplane {
namespace {

// Whatever a collector says: spans would be given up in the meantime.
constexpr absl::Duration kLongestDelay = absl::Minutes(1);

}  // namespace

ExportVerdict VerdictOf(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return ExportVerdict::kTaken;
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return ExportVerdict::kAgain;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return RetryDelayOf(status).has_value() ? ExportVerdict::kAgain
                                              : ExportVerdict::kRefused;
    default:
      return ExportVerdict::kRefused;
  }
}

std::optional<absl::Duration> RetryDelayOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::RetryInfo info;
    if (!detail.UnpackTo(&info)) continue;
    const absl::Duration delay = absl::Seconds(info.retry_delay().seconds()) +
                                 absl::Nanoseconds(info.retry_delay().nanos());
    if (delay < absl::ZeroDuration()) return std::nullopt;
    return std::min(delay, kLongestDelay);
  }
  return std::nullopt;
}

}  // namespace weir::dataplane
