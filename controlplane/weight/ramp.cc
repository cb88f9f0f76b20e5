#include "controlplane/weight/ramp.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

namespace weir::controlplane {

double RampFactor(std::optional<absl::Time> since, absl::Duration ramp,
                  absl::Time now) {
  if (!since.has_value() || now - *since >= ramp) return 1;
  return std::max(kRampStart, absl::FDivDuration(now - *since, ramp));
}

std::vector<double> StepTowards(absl::Span<const double> before,
                                absl::Span<const double> goal,
                                const std::vector<bool>& gone,
                                double max_step) {
  std::vector<double> result(goal.begin(), goal.end());
  double left = 0;
  for (std::size_t i = 0; i < goal.size(); ++i) {
    if (!gone[i]) left += before[i];
  }
  if (left <= 0) return result;
  const auto start = [&](std::size_t i) {
    return gone[i] ? 0.0 : before[i] / left;
  };
  double farthest = 0;
  for (std::size_t i = 0; i < goal.size(); ++i) {
    farthest = std::max(farthest, std::abs(goal[i] - start(i)));
  }
  if (farthest <= max_step) return result;
  const double part = max_step / farthest;
  for (std::size_t i = 0; i < goal.size(); ++i) {
    result[i] = start(i) + part * (goal[i] - start(i));
  }
  return result;
}

}  // namespace weir::controlplane
