// How long one target takes, by who measured it.
#ifndef WEIR_CONTROLPLANE_HEALTH_LATENCY_RECORD_H_
#define WEIR_CONTROLPLANE_HEALTH_LATENCY_RECORD_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/latency_sketch.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/latency_window.h"
#include "controlplane/health/usual_latency.h"

namespace weir::controlplane {

// Averages are moving ones, 0.7 of the old and 0.3 of the new
// (docs/architecture.md, Latency). Real requests say most of what the next one
// will take, chat probes less, and cheap probes so little that they give way to
// either for good.
//
// Not thread-safe. `now` is never before that of an earlier call.
class LatencyRecord {
 public:
  // For this long what nodes measured speaks for the next request. A target
  // that gets no traffic would otherwise be for ever as slow as it last was.
  static constexpr absl::Duration kMemory = absl::Minutes(1);
  static constexpr std::size_t kRemembered = 10;

  void AddProbe(ProbeStrength strength, absl::Duration latency, absl::Time now);

  // What a node of `region` (empty: of none) saw since its last report.
  void AddTraffic(const std::string& region, const LatencySketch& fresh,
                  absl::Time now);

  // As nodes see it, whatever their region; else as chat probes do, else as
  // cheap ones do. nullopt: nobody knows.
  std::optional<absl::Duration> Average(absl::Time now) const;

  // As nodes of each region see it; regions that saw nothing for kMemory are
  // left out.
  std::map<std::string, absl::Duration> ByRegion(absl::Time now) const;

  // What a brown-out leaves of the target's weight, above 0 to 1. Each region
  // has its own usual; what is slow from one only is on the way there.
  double BrownOutFactor(absl::Time now) const;

  // What real requests and chat probes took in the last half minute; cheap
  // probes too while nothing else is known.
  LatencySketch Recent(absl::Time now) const { return window_.Recent(now); }
  // The latest of them, newest first; a report counts as its median. At most
  // kRemembered.
  const std::deque<absl::Duration>& latest() const { return latest_; }

 private:
  class Track {
   public:
    void Add(absl::Duration latency, absl::Time now);
    std::optional<absl::Duration> average() const { return average_; }
    bool IsFresh(absl::Time now) const { return now - last_ <= kMemory; }
    // As in UsualLatency; 1 while nothing is known.
    double BrownOutFactor() const {
      return average_.has_value() ? usual_.Factor(*average_) : 1;
    }

   private:
    std::optional<absl::Duration> average_;
    UsualLatency usual_;
    absl::Time last_ = absl::InfinitePast();
  };

  // False: it says less than what is known.
  bool Strengthen(ProbeStrength strength);
  void Remember(absl::Duration latency);

  Track contact_;
  Track service_;
  Track traffic_;
  std::map<std::string, Track> regions_;
  // The strongest so far, which window_ and latest_ are of.
  ProbeStrength strength_ = ProbeStrength::kContact;
  LatencyWindow window_;
  std::deque<absl::Duration> latest_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_LATENCY_RECORD_H_
