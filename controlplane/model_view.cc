#include "controlplane/model_view.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/health/health.h"
#include "controlplane/health/rate_limit.h"
#include "controlplane/health/summary.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"
#include "controlplane/weight/balance.h"
#include "controlplane/weight/candidate.h"
#include "controlplane/weight/emergency_group.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

Fitness FitnessOf(TargetState state, const HealthSummary& health) {
  if (IsUsable(state)) {
    return health.verdict == Verdict::kOnTrial ? Fitness::kOnTrial
                                               : Fitness::kUsable;
  }
  // Panic sends nothing where the credential is known to be refused.
  if (IsUnfit(state) && !health.credential_refused) return Fitness::kUnfit;
  return Fitness::kExcluded;
}

double AllowanceOf(const Reading& reading) {
  return reading.health.allowance * HeadroomFactor(reading.headroom);
}

std::optional<double> BlendedPrice(const TargetPlan& plan, absl::Time wall) {
  const std::optional<config::Price> price = plan.prices.At(wall);
  if (!price.has_value()) return std::nullopt;
  return config::BlendedPrice(*price);
}

Candidate CandidateOf(const TargetPlan& plan, TargetState state,
                      const Reading& reading, absl::Time wall) {
  return Candidate{.fitness = FitnessOf(state, reading.health),
                   .base_weight = plan.base_weight,
                   .allowance = AllowanceOf(reading),
                   .score = reading.score,
                   .latency = reading.health.latency,
                   .price = BlendedPrice(plan, wall),
                   .priority = plan.priority,
                   .region = plan.region,
                   .fixed_share = plan.fixed_share};
}

// Takes those out of the running whose emergency group is not active. Of the
// unfit among them even panic is not to think.
void HoldReserve(const ModelPlan& plan, const ViewRules& rules,
                 std::vector<Candidate>& candidates) {
  if (rules.active_group.empty()) return;
  std::vector<GroupMember> members;
  for (const TargetPlan& target : plan.targets) {
    members.push_back({target.group, !target.imposed.has_value()});
  }
  const std::vector<std::uint32_t> before =
      GroupsBefore(rules.groups, rules.active_group, members);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (before[i] == 0) continue;
    candidates[i].fitness = IsUsable(candidates[i].fitness)
                                ? Fitness::kReserve
                                : Fitness::kExcluded;
    candidates[i].groups_before = before[i];
  }
}

std::optional<absl::Time> OnTheWall(std::optional<absl::Time> time,
                                    const Moment& moment) {
  if (time.has_value()) time = moment.wall - (moment.now - *time);
  return time;
}

TargetView ViewOfTarget(const TargetPlan& plan, const Reading& reading,
                        double usable_score, const Moment& moment) {
  const HealthSummary& health = reading.health;
  TargetView view;
  view.provider = plan.provider;
  view.upstream_model = plan.upstream_model;
  view.state = plan.imposed.value_or(
      StateOf(health, reading.score, usable_score, plan.max_latency));
  view.score = reading.score;
  view.latency = health.latency;
  view.latency_p95 = health.p95;
  view.success_rate = health.success_rate;
  view.consecutive_failures = health.consecutive_failures;
  view.last_error = health.last_error;
  if (OverLatency(health, plan.max_latency)) {
    view.latency_over = plan.max_latency;
  }
  view.slow_alone = view.latency_over.has_value() &&
                    view.state == TargetState::kUnhealthy &&
                    health.verdict != Verdict::kDown;
  if (view.slow_alone) {
    view.last_error = absl::StrCat("latency is over its ceiling of ",
                                   absl::FormatDuration(*plan.max_latency));
  }
  view.last_success = OnTheWall(health.last_success, moment);
  view.last_failure = OnTheWall(health.last_failure, moment);
  view.breakers_open = health.breakers_open;
  view.credential_refused = health.credential_refused;
  view.prober_blind = health.prober_blind;
  view.rate_limited = health.rate_limited;
  view.latency_history = health.latest_latencies;
  view.latency_average = health.latest_average;
  view.latency_by_region = health.latency_by_region;
  view.headroom = reading.headroom;
  view.allowance = AllowanceOf(reading);
  return view;
}

// The same candidates, with latency as nodes of `region` measured it; where
// they did not lately, the fleet's average stays.
std::vector<Candidate> SeenFrom(const std::string& region,
                                const Readings& readings,
                                std::vector<Candidate> candidates) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& measured = readings[i]->health.latency_by_region;
    const auto found = measured.find(region);
    if (found != measured.end()) candidates[i].latency = found->second;
  }
  return candidates;
}

// A region that is new knows who is recovering, and has no weights to step
// from.
BalanceMemory& MemoryOf(const std::string& region, ModelMemory& memory) {
  const auto [entry, is_new] = memory.try_emplace(region, memory[""]);
  if (is_new) {
    for (auto& target : entry->second.targets) target.weight = 0;
  }
  return entry->second;
}

RegionView ViewFrom(const std::string& region, const ModelPlan& plan,
                    absl::Span<const Candidate> candidates, absl::Time now,
                    ModelMemory& memory) {
  const Balance balance =
      BalanceModel(plan.rules, {region, plan.mix}, candidates, now,
                   MemoryOf(region, memory));
  RegionView view{region, {}};
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    view.targets.push_back({balance.shares[i].weight, balance.shares[i].rank,
                            candidates[i].latency});
  }
  return view;
}

}  // namespace

ModelView ViewOfModel(const ModelPlan& plan, const Readings& readings,
                      const ViewRules& rules, const Moment& moment,
                      ModelMemory& memory) {
  ModelView view{plan.name, plan.mode, false, false, {}, {}};
  std::vector<Candidate> candidates;
  view.targets.reserve(plan.targets.size());
  candidates.reserve(plan.targets.size());
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    const TargetPlan& target = plan.targets[i];
    const Reading& reading = *readings[i];
    view.targets.push_back(
        ViewOfTarget(target, reading, rules.policy.usable_score, moment));
    candidates.push_back(
        CandidateOf(target, view.targets.back().state, reading, moment.wall));
  }
  HoldReserve(plan, rules, candidates);
  const Balance balance = BalanceModel(plan.rules, {"", plan.mix}, candidates,
                                       moment.now, memory[""]);
  view.panic = balance.panic;
  for (std::size_t i = 0; i < view.targets.size(); ++i) {
    view.targets[i].weight = balance.shares[i].weight;
    view.targets[i].rank = balance.shares[i].rank;
    view.targets[i].reserve = candidates[i].groups_before > 0;
    if (IsUsable(view.targets[i].state)) view.usable = true;
  }
  if (plan.mode != config::v1::MODE_ENABLED) view.usable = false;
  std::erase_if(memory, [&](const auto& entry) {
    return !entry.first.empty() && !rules.regions.contains(entry.first);
  });
  if (!plan.by_region) return view;
  for (const std::string& region : rules.regions) {
    view.regions.push_back(ViewFrom(region, plan,
                                    SeenFrom(region, readings, candidates),
                                    moment.now, memory));
  }
  return view;
}

}  // namespace weir::controlplane
