// What probes of one provider cost today.
#ifndef WEIR_CONTROLPLANE_PROVIDER_PROBE_SPENDING_H_
#define WEIR_CONTROLPLANE_PROVIDER_PROBE_SPENDING_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {

// Counts begin again at midnight, UTC.
//
// Plain data with its caller's wall clock; a clock that goes back into an
// earlier day begins that day again. Not thread-safe.
class ProbeSpending {
 public:
  struct Today {
    // Days since 1970.
    std::int64_t day = 0;
    std::uint64_t probes = 0;
    double cost_usd = 0;

    friend bool operator==(const Today&, const Today&) = default;
  };

  // One probe was made; nullopt: nobody knows what it cost.
  void Add(std::optional<double> cost_usd, absl::Time wall);
  // What an earlier life spent; before the first Add().
  void Restore(const Today& today) { today_ = today; }

  Today At(absl::Time wall) const;

 private:
  Today today_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROVIDER_PROBE_SPENDING_H_
