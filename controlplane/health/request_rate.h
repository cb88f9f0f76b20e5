// How many requests a target got lately.
#ifndef WEIR_CONTROLPLANE_HEALTH_REQUEST_RATE_H_
#define WEIR_CONTROLPLANE_HEALTH_REQUEST_RATE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {

// The last minute in slots of five seconds. Not thread-safe.
class RequestRate {
 public:
  // REQUIRES: `now` is not before that of an earlier call.
  void Add(absl::Time now, std::uint64_t requests) {
    const std::int64_t number = NumberOf(now);
    Slot& slot = slots_[static_cast<std::size_t>(number) % kSlots];
    if (slot.number != number) slot = Slot{number, 0};
    slot.requests += requests;
  }

  // In the last minute, give or take a slot.
  std::uint64_t LastMinute(absl::Time now) const {
    const std::int64_t newest = NumberOf(now);
    std::uint64_t sum = 0;
    for (const Slot& slot : slots_) {
      if (slot.number <= newest &&
          slot.number > newest - static_cast<std::int64_t>(kSlots)) {
        sum += slot.requests;
      }
    }
    return sum;
  }

 private:
  static constexpr std::int64_t kSlotSeconds = 5;
  static constexpr std::size_t kSlots = 12;
  struct Slot {
    std::int64_t number = -1;
    std::uint64_t requests = 0;
  };

  static std::int64_t NumberOf(absl::Time now) {
    return absl::ToUnixSeconds(now) / kSlotSeconds;
  }

  std::array<Slot, kSlots> slots_{};
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_REQUEST_RATE_H_
