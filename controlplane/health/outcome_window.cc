#include "controlplane/health/outcome_window.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {

Outcomes& Outcomes::operator+=(const Outcomes& other) {
  successes += other.successes;
  endpoint_failures += other.endpoint_failures;
  credential_failures += other.credential_failures;
  rate_limited += other.rate_limited;
  return *this;
}

void OutcomeWindow::Add(absl::Time now, const Outcomes& outcomes) {
  const std::int64_t second = absl::ToUnixSeconds(now);
  Slot& slot = slots_[static_cast<std::size_t>(second) % kSlots];
  if (slot.second != second) slot = Slot{second, {}};
  slot.outcomes += outcomes;
  if (outcomes != Outcomes{}) newest_ = second;
}

Outcomes OutcomeWindow::Within(absl::Duration span, absl::Time now) const {
  const std::int64_t newest = absl::ToUnixSeconds(now);
  const std::int64_t oldest = newest - absl::ToInt64Seconds(span) + 1;
  Outcomes sum;
  for (std::int64_t second = oldest; second <= std::min(newest, newest_);
       ++second) {
    const Slot& slot = slots_[static_cast<std::size_t>(second) % kSlots];
    if (slot.second == second) sum += slot.outcomes;
  }
  return sum;
}

}  // namespace weir::controlplane
