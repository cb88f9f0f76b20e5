// The snapshot that one worker routes with.
#ifndef WEIR_DATAPLANE_CURRENT_SNAPSHOT_H_
#define WEIR_DATAPLANE_CURRENT_SNAPSHOT_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// A snapshot and what this worker knows of its targets, aligned with it.
struct RoutingView {
  Snapshot snapshot;
  std::shared_ptr<const LiveState::View> live;
};

// A request calls Pin() once and keeps the result, so it sees one version from
// plan to account. Replace() reaches each worker as a task on its own loop.
//
// Thread safety: none needed; every call is made on the worker's thread.
class CurrentSnapshot {
 public:
  // Null until the first Replace(). A view of the worker's own: pinning must
  // not write a cache line of other cores.
  std::shared_ptr<const RoutingView> Pin() const { return view_; }

  // REQUIRES: both lanes are there.
  void Replace(Snapshot snapshot, LiveState& live, absl::Time now) {
    // Most replacements bring weights alone, which change no alignment.
    const bool same_config =
        view_ != nullptr && view_->snapshot.config == snapshot.config;
    std::optional<LiveState::Aligned> before;
    if (view_ != nullptr) before.emplace(*view_->snapshot.config, *view_->live);
    auto aligned =
        same_config ? view_->live : live.Align(*snapshot.config, before);
    LiveState::OnWeights(*aligned, *snapshot.weights, now,
                         same_config ? view_->snapshot.weights.get() : nullptr);
    view_ = std::make_shared<RoutingView>(
        RoutingView{std::move(snapshot), std::move(aligned)});
  }

 private:
  std::shared_ptr<const RoutingView> view_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_CURRENT_SNAPSHOT_H_
