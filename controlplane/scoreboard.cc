#include "controlplane/scoreboard.h"

#include <algorithm>
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

#include "absl/base/thread_annotations.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/mutex.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/group_view.h"
#include "controlplane/health/fold.h"
#include "controlplane/health/health.h"
#include "controlplane/health/rate_limit.h"
#include "controlplane/health/summary.h"
#include "controlplane/model_view.h"
#include "controlplane/model_views.h"
#include "controlplane/notable_change.h"
#include "controlplane/score/score.h"
#include "controlplane/target_record.h"
#include "controlplane/weight/emergency_group.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {
namespace {

// A view that is younger need not be computed again for what one more node
// reports.
constexpr absl::Duration kViewAge = absl::Milliseconds(100);

}  // namespace

class Scoreboard::Impl {
 public:
  explicit Impl(const Clock& clock) : clock_(clock) {}

  void SetResources(const config::v1::Resources& resources,
                    const std::set<std::string>& without_credential) {
    FleetPlan plan = PlanFleet(resources, without_credential);
    Update([&](absl::Time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      CarryRecords(plan);
      model_views_.SetPlan(plan_, plan);
      plan_ = std::move(plan);
      FindReadings();
      return Recount::kNow;
    });
  }

  void SetProviders(std::vector<ProviderView> providers) {
    std::set<std::string> spent;
    for (const ProviderView& provider : providers) {
      if (provider.probe_budget_reached) spent.insert(provider.provider);
    }
    MutexLock lock(&mutex_);
    providers_ = std::move(providers);
    if (spent == spent_) return;
    spent_ = std::move(spent);
    for (auto& [id, record] : records_) LimitProbes(record);
  }

  void OnProbe(const TargetId& target, const ProbeResult& result) {
    Update([&](absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      const auto found = records_.find(target);
      if (found == records_.end()) return Recount::kAtTick;
      TargetRecord& record = found->second;
      const Verdict before = record.health().verdict;
      FoldProbe(result, record.thresholds, now, record.News());
      // Of a thousand targets one answers every few milliseconds, and most as
      // before.
      return record.health().verdict != before ? Recount::kNow
                                               : Recount::kAtTick;
    });
  }

  void OnReport(const NodeId& node, const NodeReport& report) {
    Update([&](absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      std::string& region = regions_[node];
      const bool moved = std::exchange(region, report.region) != report.region;
      // An idle node says that it is there, twice a second.
      Recount recount = report.targets.empty() && !moved ? Recount::kAtTick
                                                         : Recount::kWhenDue;
      for (const NodeTargetReport& target : report.targets) {
        const auto found = records_.find(target.target);
        if (found == records_.end()) continue;
        TargetRecord& record = found->second;
        const Verdict before = record.health().verdict;
        FoldReport({node, report.boot_id, report.region}, target,
                   record.thresholds, now, record.News());
        if (record.health().verdict != before) recount = Recount::kNow;
      }
      // To say nothing of a target is to say that nothing happened there. Of
      // those that were mentioned this is known already.
      for (auto& [id, record] : records_) {
        if (!record.health().nodes.contains(node)) continue;
        FoldSilence(node, now, record.News());
      }
      return recount;
    });
  }

  void ForgetNodes(const std::vector<NodeId>& nodes) {
    Update([&](absl::Time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      for (const NodeId& node : nodes) {
        regions_.erase(node);
        for (auto& [id, record] : records_) ForgetNode(node, record.News());
      }
      return Recount::kNow;
    });
  }

  void RestoreGroup(GroupSwitch last) {
    MutexLock lock(&mutex_);
    groups_.last = std::move(last);
  }

  absl::Status SwitchGroup(const std::string& group, const std::string& reason,
                           Actor actor) {
    absl::Status switched;
    Update([&](absl::Time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      switched = SwitchByHand(plan_.groups, group, reason, clock_.WallNow(),
                              groups_, std::move(actor));
      return Recount::kNow;
    });
    return switched;
  }

  void Tick() {
    Update([](absl::Time) { return Recount::kNow; });
  }

  bool Turning(const TargetId& target) const {
    MutexLock lock(&mutex_);
    const auto found = records_.find(target);
    return found != records_.end() &&
           controlplane::Turning(found->second.health(),
                                 found->second.thresholds);
  }

  std::shared_ptr<const FleetView> View() const {
    MutexLock lock(&mutex_);
    return view_;
  }

  void OnChange(std::function<void(Urgency)> listener) {
    listener_ = std::move(listener);
  }

 private:
  enum class Recount { kNow, kWhenDue, kAtTick };

  // Changes something under the lock, then the view where that is due, then
  // tells the listener without the lock.
  template <typename Change>
  void Update(Change change) {
    std::optional<Urgency> news;
    {
      MutexLock lock(&mutex_);
      const absl::Time now = clock_.Now();
      const Recount recount = change(now);
      if (recount == Recount::kNow ||
          (recount == Recount::kWhenDue && now - computed_at_ >= kViewAge)) {
        news = Recompute(now);
      }
    }
    if (news.has_value() && listener_) listener_(*news);
  }

  // What the prober asks for is what its successes show.
  void LimitProbes(TargetRecord& record) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    record.thresholds = record.plan.thresholds;
    if (spent_.contains(record.plan.provider)) {
      record.thresholds.probes = ProbeStrength::kContact;
    }
  }

  void CarryRecords(const FleetPlan& plan)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    absl::node_hash_map<TargetId, TargetRecord> records;
    for (const auto& [id, watch] : plan.watched) {
      TargetRecord& record = records[id];
      record.plan = watch;
      const auto old = records_.find(id);
      if (old != records_.end() &&
          old->second.plan.endpoint == watch.endpoint) {
        record.News() = std::move(old->second.News());
      }
      LimitProbes(record);
    }
    records_ = std::move(records);
  }

  void FindReadings() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    readings_.clear();
    for (const ModelPlan& model : plan_.models) {
      Readings& readings = readings_.emplace_back();
      for (const TargetPlan& target : model.targets) {
        readings.push_back(&records_.at(target.id).reading());
      }
    }
  }

  void ReadAll(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const ScoreParams params{plan_.policy.latency_scale};
    std::map<std::string, std::uint64_t> requests;
    for (auto& [id, record] : records_) {
      const Reading& reading = record.Read(params, now);
      if (plan_.max_rpm.contains(record.plan.provider)) {
        requests[record.plan.provider] += reading.health.requests_last_minute;
      }
    }
    if (plan_.max_rpm.empty()) return;
    for (auto& [id, record] : records_) {
      const auto limit = plan_.max_rpm.find(record.plan.provider);
      if (limit == plan_.max_rpm.end()) continue;
      record.LimitHeadroom(
          HeadroomOf(static_cast<double>(limit->second),
                     static_cast<double>(requests.at(limit->first))));
    }
  }

  // That anybody names, the configured ones first.
  std::set<std::string> Regions() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::set<std::string> regions;
    for (const std::string& region : plan_.regions) {
      if (regions.size() < kMaxRegions) regions.insert(region);
    }
    for (const auto& [node, region] : regions_) {
      if (regions.size() < kMaxRegions) regions.insert(region);
    }
    regions.erase("");
    return regions;
  }

  // How soon the listener should hear of it, if at all.
  std::optional<Urgency> Recompute(absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ReadAll(now);
    const Moment moment{now, clock_.WallNow()};
    std::shared_ptr<FleetView> view = MakeView(moment);
    const std::vector<GroupSight> sights = SightsOfGroups(plan_, *view);
    if (ObserveGroups(plan_.groups, sights, moment, groups_)) {
      view = MakeView(moment);
    }
    view->groups = ViewOfGroups(plan_.groups, sights, moment, groups_);
    view->last_switch = groups_.last;
    view->providers = providers_;
    view_ = std::move(view);
    computed_at_ = now;
    const FleetView& told = *told_;
    if (!NotablyDiffers(told, *view_)) return std::nullopt;
    const Urgency urgency =
        LosesTraffic(told, *view_) ? Urgency::kUrgent : Urgency::kUsual;
    told_ = view_;
    return urgency;
  }

  std::shared_ptr<FleetView> MakeView(const Moment& moment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto view = std::make_shared<FleetView>();
    view->weights_ttl = plan_.policy.weights_ttl;
    const std::set<std::string> regions = Regions();
    const ViewRules rules{plan_.policy, plan_.groups,
                          ActiveGroup(plan_.groups, groups_), regions};
    view->models = model_views_.Make(plan_, readings_, rules, moment);
    return view;
  }

  const Clock& clock_;
  std::function<void(Urgency)>
      listener_;  // Set before anything else is called.

  mutable Mutex mutex_;
  FleetPlan plan_ ABSL_GUARDED_BY(mutex_);
  // Looked up for each probe, walked for each view; stays where it is.
  absl::node_hash_map<TargetId, TargetRecord> records_ ABSL_GUARDED_BY(mutex_);
  // Of the plan's models; inside the records.
  std::vector<Readings> readings_ ABSL_GUARDED_BY(mutex_);
  // Of the nodes that report.
  std::map<NodeId, std::string> regions_ ABSL_GUARDED_BY(mutex_);
  ModelViews model_views_ ABSL_GUARDED_BY(mutex_);
  GroupMemory groups_ ABSL_GUARDED_BY(mutex_);
  std::vector<ProviderView> providers_ ABSL_GUARDED_BY(mutex_);
  // Those of them whose budget for probes is spent.
  std::set<std::string> spent_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const FleetView> view_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<FleetView>();
  // What the listener last heard of.
  std::shared_ptr<const FleetView> told_ ABSL_GUARDED_BY(mutex_) = view_;
  absl::Time computed_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

Scoreboard::Scoreboard(const Clock& clock)
    : impl_(std::make_unique<Impl>(clock)) {}
Scoreboard::~Scoreboard() = default;

void Scoreboard::SetResources(
    std::shared_ptr<const config::v1::Resources> resources,
    std::set<std::string> without_credential) {
  impl_->SetResources(*resources, without_credential);
}

void Scoreboard::SetProviders(std::vector<ProviderView> providers) {
  impl_->SetProviders(std::move(providers));
}

void Scoreboard::OnProbe(const TargetId& target, const ProbeResult& result) {
  impl_->OnProbe(target, result);
}

void Scoreboard::OnReport(const NodeId& node, const NodeReport& report) {
  impl_->OnReport(node, report);
}

void Scoreboard::ForgetNodes(const std::vector<NodeId>& nodes) {
  impl_->ForgetNodes(nodes);
}

void Scoreboard::RestoreGroup(GroupSwitch last) {
  impl_->RestoreGroup(std::move(last));
}

absl::Status Scoreboard::SwitchGroup(const std::string& group,
                                     const std::string& reason, Actor actor) {
  return impl_->SwitchGroup(group, reason, std::move(actor));
}

void Scoreboard::Tick() { impl_->Tick(); }

bool Scoreboard::Turning(const TargetId& target) const {
  return impl_->Turning(target);
}

std::shared_ptr<const FleetView> Scoreboard::View() const {
  return impl_->View();
}

void Scoreboard::OnChange(std::function<void(Urgency)> listener) {
  impl_->OnChange(std::move(listener));
}

}  // namespace weir::controlplane
