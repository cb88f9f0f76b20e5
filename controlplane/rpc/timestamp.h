// Times in messages.
#ifndef WEIR_CONTROLPLANE_RPC_TIMESTAMP_H_
#define WEIR_CONTROLPLANE_RPC_TIMESTAMP_H_

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {

// REQUIRES: after 1970, as wall clocks are.
inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const std::int64_t nanos = absl::ToUnixNanos(time);
  google::protobuf::Timestamp message;
  message.set_seconds(nanos / 1'000'000'000);
  message.set_nanos(static_cast<std::int32_t>(nanos % 1'000'000'000));
  return message;
}

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_TIMESTAMP_H_
