#include "controlplane/provider/probe_spending.h"

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

std::int64_t DayOf(absl::Time wall) {
  constexpr std::int64_t kSecondsOfDay = 86'400;
  return absl::ToUnixSeconds(wall) / kSecondsOfDay;
}

}  // namespace

void ProbeSpending::Add(std::optional<double> cost_usd, absl::Time wall) {
  today_ = At(wall);
  ++today_.probes;
  today_.cost_usd += cost_usd.value_or(0);
}

ProbeSpending::Today ProbeSpending::At(absl::Time wall) const {
  const std::int64_t day = DayOf(wall);
  return day == today_.day ? today_ : Today{day, 0, 0};
}

}  // namespace weir::controlplane
