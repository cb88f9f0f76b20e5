// What one node wants of one limit, out of what it reports.
#ifndef WEIR_CONTROLPLANE_QUOTA_DEMAND_H_
#define WEIR_CONTROLPLANE_QUOTA_DEMAND_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {

// A report's line. Counts are cumulative since the node's boot.
struct DemandReport {
  std::uint64_t wanted = 0;
  std::uint64_t refused = 0;
  std::uint64_t held = 0;
  // Requests that were asked for; those that wait now, and what the node knows
  // to be granted.
  std::uint64_t asked = 0;
  std::uint64_t waiting = 0;
  std::uint64_t granted = 0;
  // What it works with.
  double share = 0;
};

// Pure; not thread-safe.
class Demand {
 public:
  // Over so long a rate is averaged: load that moves finds its share in a few
  // seconds. Few requests are noise, and averaged for longer.
  static constexpr absl::Duration kMemory = absl::Seconds(1);
  static constexpr absl::Duration kMemoryOfFew = absl::Seconds(5);

  // Of another boot than the last one, counts begin anew.
  void OnReport(const DemandReport& report, std::uint64_t boot_id,
                absl::Time now);

  // A minute; not known before the second report, for the first counts from who
  // knows when on.
  std::optional<double> rate() const { return rate_; }
  // Requests in flight: those there are, those that wait, and those that were
  // refused since the report before, which would be.
  std::uint64_t places_wanted() const {
    return held_ + waiting_ + newly_refused_;
  }
  std::uint64_t held() const { return held_; }
  // What it worked with; finite, 0 or more.
  double share() const { return share_; }
  // It may have so many in flight, unless it has heard of less since.
  std::uint64_t places_known() const {
    return static_cast<std::uint64_t>(share_);
  }
  std::uint64_t boot_id() const { return boot_id_; }
  // absl::InfinitePast() before the first.
  absl::Time last_report() const { return last_; }

 private:
  void Average(std::uint64_t wanted, absl::Duration span);

  DemandReport counts_;
  std::uint64_t boot_id_ = 0;
  absl::Time last_ = absl::InfinitePast();
  std::optional<double> rate_;
  std::uint64_t held_ = 0;
  std::uint64_t waiting_ = 0;
  double share_ = 0;
  std::uint64_t newly_refused_ = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_QUOTA_DEMAND_H_
