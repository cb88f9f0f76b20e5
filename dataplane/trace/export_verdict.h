// What an answer of a collector means for the spans that it was sent; pure.
#ifndef WEIR_DATAPLANE_TRACE_EXPORT_VERDICT_H_
#define WEIR_DATAPLANE_TRACE_EXPORT_VERDICT_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/time/time.h"

namespace weir::dataplane {

enum class ExportVerdict {
  // It has them, or those that it wants.
  kTaken,
  // They may be sent again.
  kAgain,
  // It won't have them.
  kRefused,
};

// As the OTLP specification 1.x says, "Failures" of OTLP/gRPC:
// RESOURCE_EXHAUSTED is an end unless the collector says when to come again.
ExportVerdict VerdictOf(const grpc::Status& status);

// How long the collector asked to be left alone, at most a minute; absent where
// it did not, or not in a way that makes sense.
std::optional<absl::Duration> RetryDelayOf(const grpc::Status& status);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_EXPORT_VERDICT_H_
