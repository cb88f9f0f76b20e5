// What the control plane knows of every target, and the weights that follow:
// health, score, weight, in this order.
#ifndef WEIR_CONTROLPLANE_SCOREBOARD_H_
#define WEIR_CONTROLPLANE_SCOREBOARD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "controlplane/health/evidence.h"
#include "controlplane/health/target_state.h"
#include "controlplane/provider/provider_view.h"
#include "controlplane/weight/emergency_group.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// One target of one model as everybody is shown it.
struct TargetView {
  std::string provider;
  std::string upstream_model;
  TargetState state;
  std::optional<double> score;  // 0 to 100.
  double weight;                // Share of first attempts, 0 to 1.
  std::uint32_t rank;           // 0 is tried first.
  std::optional<absl::Duration> latency;
  std::optional<absl::Duration> latency_p95;
  std::optional<double> success_rate;  // 0 to 1.
  std::uint32_t consecutive_failures = 0;
  std::string last_error;
  // Wall clock.
  std::optional<absl::Time> last_success;
  std::optional<absl::Time> last_failure;
  std::uint32_t breakers_open = 0;
  // The ceiling that its latency is over.
  std::optional<absl::Duration> latency_over = std::nullopt;
  // It is unhealthy, and nothing but its latency is wrong.
  bool slow_alone = false;
  // As in HealthSummary.
  bool credential_refused = false;
  bool prober_blind = false;
  bool rate_limited = false;
  // The latest, newest first, at most 10; and the average of the first 5.
  std::vector<absl::Duration> latency_history = {};
  std::optional<absl::Duration> latency_average = std::nullopt;
  // As nodes of each region measured it lately.
  std::map<std::string, absl::Duration> latency_by_region = {};
  // The smallest share that is left of the provider's limits, 0 to 1.
  std::optional<double> headroom = std::nullopt;
  // What rate limits and a brown-out leave of its weight, 0 to 1; 0: the
  // provider asked for a pause.
  double allowance = 1;
  // Its emergency group is not active: failover only.
  bool reserve = false;
};

// What differs for requests from one region.
struct RegionShare {
  double weight;
  std::uint32_t rank;
  // As seen from there.
  std::optional<absl::Duration> latency;
};

struct RegionView {
  std::string region;
  // In the order of the model's targets.
  std::vector<RegionShare> targets;
};

struct ModelView {
  std::string model;
  config::v1::Mode mode;
  bool usable;
  bool panic;
  std::vector<TargetView> targets;
  // Where the strategy looks at place or latency: an entry for each region that
  // a node, a provider or a client key names. For all others, and in all other
  // models, what `targets` says holds.
  std::vector<RegionView> regions = {};
};

// A model's view, which the views of fleets share while nothing in it changes.
class SharedModelView {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor)
  SharedModelView(ModelView view)
      : view_(std::make_shared<ModelView>(std::move(view))) {}

  // NOLINTNEXTLINE(google-explicit-constructor)
  operator const ModelView&() const { return *view_; }
  const ModelView* operator->() const { return view_.get(); }

  // Then nothing in it differs.
  bool IsSame(const SharedModelView& other) const {
    return view_ == other.view_;
  }

 private:
  std::shared_ptr<const ModelView> view_;
};

// One emergency group.
struct GroupView {
  std::string group;
  bool active;
  // Of the models that serve.
  GroupSight sight;
  // Wall clock; nullopt while one of its targets is usable.
  std::optional<absl::Time> failing_since;
};

// Immutable once published.
struct FleetView {
  std::vector<SharedModelView> models;  // In the registry's order.
  absl::Duration weights_ttl;
  // In the policy's order; empty where it has none.
  std::vector<GroupView> groups = {};
  // nullopt: the first group is active and always was.
  std::optional<GroupSwitch> last_switch = std::nullopt;
  // Those that nobody disabled, in the order of their names.
  std::vector<ProviderView> providers = {};
};

// Folds probes and reports into health, health into scores and weights.
//
// Thread safety: every method may be called from any thread; none blocks for
// longer than it takes to recompute the view (about a microsecond a target).
class Scoreboard {
 public:
  // More regions than this are served by the weights for all: each costs every
  // node as much as the first.
  static constexpr std::size_t kMaxRegions = 64;

  // `clock` outlives this.
  explicit Scoreboard(const Clock& clock);
  ~Scoreboard();

  // Follows the registry: new targets begin unknown, what is gone is
  // forgotten. `without_credential` holds names of providers whose credentials
  // do not resolve here.
  void SetResources(std::shared_ptr<const config::v1::Resources> resources,
                    std::set<std::string> without_credential);

  // How providers are as a whole, from the next Tick() on. Where probes have
  // cost what they may, they show no more than that somebody answers.
  void SetProviders(std::vector<ProviderView> providers);

  // Of targets that are not in the resources nothing is kept. What turns its
  // target shows in View() at once, anything else with the next Tick().
  void OnProbe(const TargetId& target, const ProbeResult& result);
  // A death shows in View() at once; the rest of a report may wait for the next
  // Tick(), so that a thousand nodes cost no more than one.
  void OnReport(const NodeId& node, const NodeReport& report);
  // The nodes are gone, or not like the others; what they last said no longer
  // counts.
  void ForgetNodes(const std::vector<NodeId>& nodes);
  // The last switch of an earlier life. Call before SetResources().
  void RestoreGroup(GroupSwitch last);
  // Moves traffic to an emergency group at once; `reason` may be empty.
  // NOT_FOUND: the policy lists no such group. INVALID_ARGUMENT: `reason` is
  // not one short line. `actor` is who said so.
  absl::Status SwitchGroup(const std::string& group, const std::string& reason,
                           Actor actor = {});

  // Time has passed: staleness, ramps, steps. Call a few times a second.
  void Tick();

  // Whether the target's next probe may turn its verdict, so that it should
  // come soon.
  bool Turning(const TargetId& target) const;

  // What holds now; never null.
  std::shared_ptr<const FleetView> View() const;

  // How soon those who follow View() should hear of its change: what is urgent
  // costs requests while they don't.
  enum class Urgency { kUsual, kUrgent };

  // Is called after View() changed, on the thread that changed it, without a
  // lock held; set once, before anything else is called.
  void OnChange(std::function<void(Urgency)> listener);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_SCOREBOARD_H_
