// Brings a change of the configuration to the nodes in waves.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_ROLLOUT_H_
#define WEIR_CONTROLPLANE_ROLLOUT_ROLLOUT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/mutex.h"
#include "controlplane/access/actor.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publication.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/registry/registry.h"
#include "controlplane/rollout/rollout_status.h"
#include "controlplane/rollout/trial.h"
#include "controlplane/rollout/wave_plan.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

enum class RolloutMode {
  kWaves,
  kOff,  // Every change goes to all nodes at once.
};

struct RolloutPolicy {
  RolloutMode mode = RolloutMode::kWaves;
  WaveRules waves = {};
};

// Of the config lane the publisher's latest is the last good one, which stands
// everywhere; while a change is rolled out, another version exists for those
// that were given it. A change that comes meanwhile takes its place and begins
// with one node again; what it has of immediate changes (immediate_part.h)
// reaches all nodes at once. What was halted is not tried again until more than
// that changes.
//
// Nodes refuse older versions, so the last good one is published anew, as a
// newer version, when somebody may run what was given up.
//
// Thread safety: For(), IsOnTrial(), InForce(), Stored(), status(), counts(),
// Resume() and Abort() may be called from any thread; the rest, and the
// publisher's Tick(), on one.
class Rollout {
 public:
  // After a restart with a change under way, nodes get so long to come back
  // before the change begins anew: fewer would make waves of nobody.
  static constexpr absl::Duration kReturn = absl::Seconds(10);

  struct Hooks {
    // What some nodes should run of the config lane is another version now.
    std::function<void()> spread;
    std::function<void(const RolloutNews&)> tell;
    // What these report is of the trial alone from now on.
    std::function<void(const std::vector<NodeId>&)> on_trial;
  };

  // All outlive this. What the publisher asks for of the config lane comes from
  // Consider().
  Rollout(Publisher& publisher, const NodeList& nodes, RolloutPolicy policy,
          const Clock& clock);

  // Before the first Consider(), as is Restore().
  void Connect(Hooks hooks) { hooks_ = std::move(hooks); }
  // What an earlier life left.
  void Restore(const StoredRollout& stored);
  // nullopt: nothing stands yet.
  std::optional<StoredRollout> Stored() const;

  // The registry is `wanted`. Returns what all nodes should run, serialized.
  std::string Consider(const Registered& wanted);
  // Does what is due. Call many times a second.
  void Tick();

  // What `node` should run; null while nothing is published.
  PublicationPtr For(const NodeId& node) const;

  // The node runs what few others do: what it reports says nothing of the rest.
  bool IsOnTrial(const NodeId& node) const;
  // What most nodes run, or are about to; null while nothing is published.
  std::shared_ptr<const config::v1::Resources> InForce() const;

  // Gives what was halted or is being rolled out to all at once, whatever they
  // say. FAILED_PRECONDITION when there is no such thing.
  absl::Status Resume(const Actor& by);
  // Ends the roll-out: nodes go back to the last good one, and the change is
  // not tried again. FAILED_PRECONDITION when nothing is being rolled out.
  absl::Status Abort(const Actor& by);

  RolloutStatus status() const;
  RolloutCounts counts() const;

 private:
  struct Halted {
    Edition edition = {};
    std::string reason = {};
    absl::Time at = {};  // Wall clock.
    std::optional<Version> version = std::nullopt;
    int wave = 0;
    std::size_t given = 0;
    std::size_t took = 0;
  };
  enum class Wish { kNone, kResume, kAbort };

  void Take(Edition wanted) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsStillHalted(const Edition& wanted)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Withdraw() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // From the candidate to halted_.
  void GiveUp(const std::string& reason, const Actor& by)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Note(RolloutNews::Kind kind, std::string text, const Actor& by = {})
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void HeedWish();
  // Publishes the last good one anew where somebody may run a newer one.
  void Renew();
  void Issue(absl::Time now);
  void Look(absl::Time now);
  void Give(const Advance& advance, const std::vector<NodeRecord>& records,
            absl::Time now);
  void Finish();
  void TellNews();

  Publisher& publisher_;
  const NodeList& nodes_;
  const RolloutPolicy policy_;
  const Clock& clock_;
  Hooks hooks_;
  absl::Time looked_at_ = absl::InfinitePast();

  mutable Mutex mutex_;
  // Of the registry; what was looked at last, and what is published.
  std::shared_ptr<const config::v1::Resources> considered_
      ABSL_GUARDED_BY(mutex_);
  std::uint64_t considered_revision_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t seen_revision_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<Edition> standing_ ABSL_GUARDED_BY(mutex_);
  std::optional<Trial> candidate_ ABSL_GUARDED_BY(mutex_);
  absl::Time began_at_ ABSL_GUARDED_BY(mutex_);  // Wall clock.
  std::optional<Halted> halted_ ABSL_GUARDED_BY(mutex_);
  // Of an earlier life: the hash of what was halted, and why.
  std::string halted_before_ ABSL_GUARDED_BY(mutex_);
  std::string reason_before_ ABSL_GUARDED_BY(mutex_);
  // Nothing was considered since Restore().
  bool restored_ ABSL_GUARDED_BY(mutex_) = false;
  // No wave begins before.
  absl::Time not_before_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  // The newest version that nodes may run and should not.
  std::uint64_t given_up_ ABSL_GUARDED_BY(mutex_) = 0;
  Wish wish_ ABSL_GUARDED_BY(mutex_) = Wish::kNone;
  Actor wish_of_ ABSL_GUARDED_BY(mutex_);
  RolloutCounts counts_ ABSL_GUARDED_BY(mutex_);
  std::vector<RolloutNews> news_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_ROLLOUT_H_
