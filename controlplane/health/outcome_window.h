// How nodes' attempts at one target ended lately.
#ifndef WEIR_CONTROLPLANE_HEALTH_OUTCOME_WINDOW_H_
#define WEIR_CONTROLPLANE_HEALTH_OUTCOME_WINDOW_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {

// Counts of attempts by what came of them.
struct Outcomes {
  std::uint64_t successes = 0;
  std::uint64_t endpoint_failures = 0;
  // Nobody's blame but the credential's, or the pace's.
  std::uint64_t credential_failures = 0;
  std::uint64_t rate_limited = 0;

  Outcomes& operator+=(const Outcomes& other);
  friend bool operator==(const Outcomes&, const Outcomes&) = default;
};

// The last minute in slots of a second. Not thread-safe.
class OutcomeWindow {
 public:
  static constexpr absl::Duration kSpan = absl::Seconds(60);

  // REQUIRES: `now` is not before that of an earlier call.
  void Add(absl::Time now, const Outcomes& outcomes);

  // What ended in the last `span`, give or take a second. 0 < span <= kSpan.
  Outcomes Within(absl::Duration span, absl::Time now) const;

  void Clear() { *this = {}; }

 private:
  static constexpr std::size_t kSlots = 60;
  struct Slot {
    // Seconds on the caller's clock; a slot of another second is empty.
    std::int64_t second = -1;
    Outcomes outcomes;
  };
  std::array<Slot, kSlots> slots_{};
  // The last second in which anything ended: most targets are only probed.
  std::int64_t newest_ = -1;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_OUTCOME_WINDOW_H_
