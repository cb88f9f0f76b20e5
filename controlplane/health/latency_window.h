// How long one target took lately.
#ifndef WEIR_CONTROLPLANE_HEALTH_LATENCY_WINDOW_H_
#define WEIR_CONTROLPLANE_HEALTH_LATENCY_WINDOW_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "common/latency_sketch.h"

namespace weir::controlplane {

// The last half minute in slots of five seconds: a target that was slow is
// judged by it for no longer. Not thread-safe.
class LatencyWindow {
 public:
  static constexpr absl::Duration kSpan = absl::Seconds(30);

  // REQUIRES: `now` is not before that of an earlier call.
  void Merge(absl::Time now, const LatencySketch& sketch);

  // What came in the last kSpan, give or take a slot.
  LatencySketch Recent(absl::Time now) const;

  void Clear() { slots_ = {}; }

 private:
  static constexpr std::int64_t kSlotSeconds = 5;
  static constexpr std::size_t kSlots = 6;
  struct Slot {
    std::int64_t number = -1;
    LatencySketch sketch;
  };
  std::array<Slot, kSlots> slots_{};
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_LATENCY_WINDOW_H_
