// What one worker saw lately of targets and providers.
#ifndef WEIR_DATAPLANE_PLAN_LIVE_STATE_H_
#define WEIR_DATAPLANE_PLAN_LIVE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/local_weight.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

struct TargetLive {
  Breaker breaker;
  LocalWeight local_weight;
  TargetCounters counters;
};

struct ProviderLive {
  // Requests in flight, for max_concurrent.
  std::uint32_t in_flight = 0;
  // Until when each credential is benched; as many as there are credentials.
  std::vector<absl::Time> benched_until;
  // For requests that address the provider and no target.
  TargetLive direct;
};

// Lives as long as the worker and outlives snapshots: a new config must not
// make a broken target look sound. Memory is bounded by the names that were
// ever configured.
//
// Pointers stay good for the life of this object. Not thread-safe.
class LiveState {
 public:
  // What a request pins, together with the config that it is aligned with.
  struct View {
    std::vector<TargetLive*> targets;      // By TargetIndex.
    std::vector<ProviderLive*> providers;  // By ProviderIndex.
  };

  std::shared_ptr<const View> Align(const RoutingConfig& config);

  // Everything that was counted, for reports and metrics.
  void AddTo(WorkerReport& report, absl::Time now) const;

 private:
  absl::flat_hash_map<TargetId, std::unique_ptr<TargetLive>> targets_;
  absl::flat_hash_map<std::string, std::unique_ptr<ProviderLive>> providers_;
};

// The first credential that is not benched; the one that is free the soonest
// when all are. 0 when there is none to choose from. `count`: how many the
// request's config has, which may be an older one than `live` is aligned with.
std::size_t PickCredential(const ProviderLive& live, std::size_t count,
                           absl::Time now);

// When a credential is free; in the past when one is now.
absl::Time CredentialFreeAt(const ProviderLive& live);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_LIVE_STATE_H_
