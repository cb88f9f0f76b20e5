#include "controlplane/alert/alert_rules.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/alert_kind.h"
#include "common/ids.h"
#include "controlplane/health/target_state.h"
#include "controlplane/scoreboard.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace kind = config::alert_kind;

// Conditions by their id: models that share a target say the same of it.
class Conditions {
 public:
  void Add(std::string_view kind, std::string_view subject, Severity severity,
           Onset onset, std::string summary) {
    Condition condition{std::string(kind), std::string(subject), severity,
                        onset, std::move(summary)};
    if (seen_.insert(condition.Id()).second) {
      found_.push_back(std::move(condition));
    }
  }

  std::vector<Condition> Take() { return std::move(found_); }

 private:
  std::set<std::string> seen_;
  std::vector<Condition> found_;
};

// `: why`, where that is known.
std::string Because(const std::string& why) {
  return why.empty() ? "" : Concat(": ", why);
}

bool IsSwitchedOff(TargetState state) {
  return state == TargetState::kDisabled || state == TargetState::kDraining;
}

void LookAtProvider(const ProviderView& provider, Conditions& conditions) {
  const CredentialView* refused = nullptr;
  const CredentialView* active = nullptr;
  for (const CredentialView& credential : provider.credentials) {
    if (credential.active) active = &credential;
    if (refused == nullptr && credential.state == CredentialState::kRefused) {
      refused = &credential;
    }
  }
  if (refused != nullptr) {
    conditions.Add(
        kind::kCredentialRefused, provider.provider,
        active == nullptr ? Severity::kCritical : Severity::kWarning,
        Onset::kAtOnce,
        Concat("provider ", provider.provider, " refuses credential ",
               refused->reference, Because(refused->reason), "; ",
               active == nullptr ? "none" : active->reference, " is used"));
  }
  // A budget of nothing is an operator's will, and no surprise.
  if (provider.probe_budget_reached && provider.probe_budget_usd > 0) {
    conditions.Add(
        kind::kProbeBudget, provider.provider, Severity::kWarning,
        Onset::kAtOnce,
        Concat("probes of provider ", provider.provider,
               " have cost their budget of today; until midnight UTC they ask "
               "for models only"));
  }
}

void LookAtTarget(const TargetView& target, Conditions& conditions) {
  if (IsSwitchedOff(target.state)) return;
  const std::string name =
      MakeTargetId(target.provider, target.upstream_model).value;
  if (target.state == TargetState::kNoCredential) {
    conditions.Add(kind::kCredentialRefused, target.provider,
                   Severity::kCritical, Onset::kAtOnce,
                   Concat("provider ", target.provider,
                          " has no credential that resolves here"));
  } else if (target.credential_refused) {
    conditions.Add(
        kind::kCredentialRefused, target.provider, Severity::kCritical,
        Onset::kAtOnce,
        Concat("provider ", target.provider, " refuses its credential",
               Because(target.last_error)));
  }
  if (target.latency_over.has_value()) {
    conditions.Add(kind::kLatency, name, Severity::kWarning, Onset::kSettled,
                   Concat(name, " is slower than its ceiling of ",
                          absl::FormatDuration(*target.latency_over)));
  }
  if (IsUnfit(target.state) && !target.slow_alone) {
    conditions.Add(kind::kTargetDown, name, Severity::kWarning, Onset::kAtOnce,
                   Concat(name, " is down", Because(target.last_error)));
  }
  if (target.prober_blind) {
    conditions.Add(kind::kBlindProber, name, Severity::kWarning,
                   Onset::kSettled,
                   Concat("probes of ", name, " fail while requests succeed",
                          Because(target.last_error)));
  }
  if (target.rate_limited) {
    conditions.Add(kind::kRateLimited, name, Severity::kWarning,
                   Onset::kSettled,
                   Concat(name, " limits the rate of all requests"));
  }
}

void LookAtModel(const ModelView& model, Conditions& conditions) {
  int in_service = 0;
  int usable = 0;
  const TargetView* last = nullptr;
  for (const TargetView& target : model.targets) {
    if (IsSwitchedOff(target.state)) continue;
    ++in_service;
    if (!IsUsable(target.state)) continue;
    ++usable;
    last = &target;
  }
  if (in_service > 0 && usable == 0) {
    conditions.Add(
        kind::kAllDown, model.model, Severity::kCritical, Onset::kAtOnce,
        Concat("model ", model.model, ": none of its ", in_service,
               in_service == 1 ? " target is usable" : " targets is usable"));
  }
  if (in_service > 1 && usable == 1) {
    conditions.Add(
        kind::kOneLeft, model.model, Severity::kWarning, Onset::kAtOnce,
        Concat("model ", model.model, ": of its ", in_service, " targets only ",
               MakeTargetId(last->provider, last->upstream_model).value,
               " is usable"));
  }
  if (model.panic) {
    conditions.Add(kind::kPanic, model.model, Severity::kCritical,
                   Onset::kAtOnce,
                   Concat("model ", model.model,
                          ": too few targets are usable, so requests go to all "
                          "of them"));
  }
}

void LookAtGroups(const FleetView& fleet, Conditions& conditions) {
  if (fleet.groups.empty() || fleet.groups.front().active ||
      !fleet.last_switch.has_value()) {
    return;
  }
  const GroupSwitch& last = *fleet.last_switch;
  conditions.Add(
      kind::kGroupSwitch, last.group,
      last.by == SwitchedBy::kItself ? Severity::kCritical : Severity::kInfo,
      Onset::kAtOnce,
      Concat("traffic is on group ", last.group, " instead of ",
             fleet.groups.front().group, Because(last.reason)));
}

}  // namespace

std::string Condition::Id() const { return Concat(kind, ":", subject); }

std::vector<Condition> ConditionsOf(const FleetView& fleet) {
  Conditions conditions;
  LookAtGroups(fleet, conditions);
  for (const ProviderView& provider : fleet.providers) {
    LookAtProvider(provider, conditions);
  }
  for (const ModelView& model : fleet.models) {
    if (model.mode != config::v1::MODE_ENABLED) continue;
    LookAtModel(model, conditions);
    for (const TargetView& target : model.targets) {
      LookAtTarget(target, conditions);
    }
  }
  return conditions.Take();
}

}  // namespace weir::controlplane
