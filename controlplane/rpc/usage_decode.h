// What nodes used, bounded: nothing that a peer says costs more than a report
// that is wrong.
#ifndef WEIR_CONTROLPLANE_RPC_USAGE_DECODE_H_
#define WEIR_CONTROLPLANE_RPC_USAGE_DECODE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/usage_store.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::controlplane {

// How often something was put right or left out.
struct UsageMisfits {
  // Minutes that can't be true; the present one was put there.
  std::uint64_t minutes = 0;
  // Names that were cut.
  std::uint64_t names = 0;
  // Counts that were cut.
  std::uint64_t counts = 0;
  // Latencies that made no sense and were left out.
  std::uint64_t latencies = 0;
  // Records that were left out, because a batch has too many.
  std::uint64_t records = 0;
};

// A million requests of a million tokens, in a minute.
inline constexpr std::uint64_t kMaxRecordCount = 1'000'000'000'000;
// Microseconds: a million requests of a quarter of an hour.
inline constexpr std::uint64_t kMaxRecordLatency = 1'000'000'000'000'000;
inline constexpr int kMaxRecords = 20'000;

// INVALID_ARGUMENT: not a batch that can be told from others. `now` is the wall
// clock's. The sender's name is left for the caller.
absl::StatusOr<UsageBatch> FromMessage(const routing::v1::UsageBatch& message,
                                       absl::Time now, UsageMisfits& misfits);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_USAGE_DECODE_H_
