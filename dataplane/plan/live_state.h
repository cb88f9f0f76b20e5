// What one worker saw lately of targets and providers.
#ifndef WEIR_DATAPLANE_PLAN_LIVE_STATE_H_
#define WEIR_DATAPLANE_PLAN_LIVE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/plan/hedge_budget.h"
#include "dataplane/plan/recent_latency.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// What an attempt looks at stands first and together: with thousands of targets
// most of it is in no cache.
struct alignas(64) TargetLive {
 public:
  const Evidence& evidence() const { return evidence_; }
  // For whoever changes it: the target is suspect from now on.
  Evidence& ChangeEvidence() {
    if (suspect != nullptr) *suspect = true;
    return evidence_;
  }
  // As Headroom::OnTold(). Some providers tell it with each answer, so that
  // there is plenty makes nobody suspect.
  void OnHeadroomTold(double left, std::optional<absl::Duration> reset,
                      absl::Time now) {
    evidence_.headroom.OnTold(left, reset, now);
    if (evidence_.headroom.factor(now) < 1) ChangeEvidence();
  }

 private:
  Evidence evidence_;

 public:
  // Set by LiveState, as long as this lives.
  std::vector<TargetLive*>* changes = nullptr;
  // Whether something may speak against it. Not here, but with those of other
  // targets: a plan need not look at what is not suspect.
  bool* suspect = nullptr;
  bool changed = false;

  TargetCounters counters;
  // The control plane's last word, where it had one.
  Standing standing = Standing::kUnknown;
  // Where the provider was when all this was seen.
  std::string endpoint;
  // Only where somebody asked for it.
  std::unique_ptr<RecentLatency> recent_latency;

  // Set by LiveState.
  TargetId id;

  // An attempt begins. What it will come to is told with this, or, as long as
  // the target is not at rest, after it.
  void NoteChange() {
    if (changed || changes == nullptr) return;
    changed = true;
    changes->push_back(this);
  }

  // Has the memory that an attempt begins with brought here.
  void Prefetch() const {
    for (std::size_t line = 0; line < 4; ++line) {
      __builtin_prefetch(reinterpret_cast<const char*>(this) + 64 * line);
    }
  }
};

struct ProviderLive {
  // By position in Provider.credentials.
  std::vector<CredentialLive> credentials;
  // For requests that address the provider and no target.
  TargetLive direct;
};

struct ModelLive {
  HedgeBudget hedges;
};

// Lives as long as the worker and outlives snapshots: a new config must not
// make a broken target look sound. What was seen of a provider's old address
// says nothing of its new one, and is forgotten but for the counts. Memory is
// bounded by the names that were ever configured.
//
// Pointers stay good for the life of this object. Not thread-safe.
class LiveState {
 public:
  // What a request pins, together with the config that it is aligned with.
  struct View {
    std::vector<TargetLive*> targets;      // By TargetIndex.
    std::vector<bool*> suspect;            // Theirs.
    std::vector<ProviderLive*> providers;  // By ProviderIndex.
    std::vector<ModelLive*> models;        // By ModelIndex.
  };

  // What was aligned last, and with what: most new configs have the same
  // targets in the same order, and what stayed as it was is not looked up
  // again.
  struct Aligned {
    const RoutingConfig& config;
    const View& view;
  };
  std::shared_ptr<const View> Align(
      const RoutingConfig& config,
      const std::optional<Aligned>& before = std::nullopt);

  // The control plane's word, aligned with `view`. Targets that it calls usable
  // and called unhealthy before may be asked at once, and so may credentials
  // that it does not call refused any more: it has seen them work. `before`:
  // its last word, if that was for the same view; nothing is done for targets
  // that it says the same of.
  static void OnWeights(const View& view, const RoutingWeights& weights,
                        absl::Time now, const RoutingWeights* before = nullptr);

  // Those that have changed, or may by themselves, since they were told; each
  // is to be asked for by ChangeOf(), which may wait.
  std::vector<TargetLive*> TakeChanged();
  static TargetChange ChangeOf(TargetLive& target, absl::Time now);
  // What providers refuse.
  void AddRefusedTo(WorkerReport& report) const;

  // Everything that was counted, for metrics, in two parts, of which the second
  // can be had bit by bit: a copy of thousands of targets takes longer than a
  // request may wait. It adds `count` targets from the `first` on, as far as
  // there are so many, and is false when there are no more.
  void AddProvidersTo(WorkerReport& report, absl::Time now) const;
  bool AddTargetsTo(WorkerReport& report, absl::Time now, std::size_t first,
                    std::size_t count) const;

 private:
  TargetLive* Find(const TargetId& id);

  absl::flat_hash_map<TargetId, std::unique_ptr<TargetLive>> targets_;
  // The same in the order in which they came.
  std::vector<TargetLive*> known_;
  // Theirs; the addresses stay.
  std::deque<bool> suspect_;
  std::vector<TargetLive*> changed_;
  absl::flat_hash_map<std::string, std::unique_ptr<ProviderLive>> providers_;
  absl::flat_hash_map<std::string, std::unique_ptr<ModelLive>> models_;
};

// What belongs to `candidate`'s target, or to its provider where it has none.
TargetLive& LiveOf(const Candidate& candidate, const LiveState::View& live);

// What a request to `target`, which is of the provider, chooses from.
CredentialPool PoolOf(const Snapshot& snapshot, ProviderIndex index,
                      const ProviderLive& provider, const TargetLive& target);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_LIVE_STATE_H_
