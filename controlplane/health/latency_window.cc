#include "controlplane/health/latency_window.h"

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "common/latency_sketch.h"

namespace weir::controlplane {

void LatencyWindow::Merge(absl::Time now, const LatencySketch& sketch) {
  const std::int64_t number = absl::ToUnixSeconds(now) / kSlotSeconds;
  Slot& slot = slots_[static_cast<std::size_t>(number) % kSlots];
  if (slot.number != number) slot = Slot{number, {}};
  slot.sketch.Merge(sketch);
}

LatencySketch LatencyWindow::Recent(absl::Time now) const {
  const std::int64_t newest = absl::ToUnixSeconds(now) / kSlotSeconds;
  const std::int64_t oldest = newest - static_cast<std::int64_t>(kSlots) + 1;
  LatencySketch sum;
  for (const Slot& slot : slots_) {
    if (slot.number >= oldest && slot.number <= newest) sum.Merge(slot.sketch);
  }
  return sum;
}

}  // namespace weir::controlplane
