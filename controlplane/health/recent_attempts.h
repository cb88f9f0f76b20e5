// How one node's attempts at one target ended in the last seconds.
#ifndef WEIR_CONTROLPLANE_HEALTH_RECENT_ATTEMPTS_H_
#define WEIR_CONTROLPLANE_HEALTH_RECENT_ATTEMPTS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {

struct Attempts {
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;

  std::uint64_t count() const { return successes + failures; }
};

// The last five to ten seconds, in two slots: there is one of these for each
// target and node, so it is small. Not thread-safe.
class RecentAttempts {
 public:
  // REQUIRES: `now` is not before that of an earlier call.
  void Add(absl::Time now, const Attempts& attempts) {
    const std::int64_t slot = SlotOf(now);
    if (slot != slot_) {
      older_ = slot == slot_ + 1 ? newer_ : Attempts{};
      newer_ = {};
      slot_ = slot;
    }
    newer_.successes += attempts.successes;
    newer_.failures += attempts.failures;
  }

  Attempts At(absl::Time now) const {
    const std::int64_t slot = SlotOf(now);
    if (slot == slot_ + 1) return newer_;
    if (slot != slot_) return {};
    return {newer_.successes + older_.successes,
            newer_.failures + older_.failures};
  }

 private:
  static std::int64_t SlotOf(absl::Time now) {
    return absl::ToUnixSeconds(now) / 5;
  }

  std::int64_t slot_ = -1;
  Attempts newer_;
  Attempts older_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_RECENT_ATTEMPTS_H_
