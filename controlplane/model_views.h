// The views of all models, each made anew when something in it changed.
#ifndef WEIR_CONTROLPLANE_MODEL_VIEWS_H_
#define WEIR_CONTROLPLANE_MODEL_VIEWS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "controlplane/fleet_plan.h"
#include "controlplane/model_view.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

// Of a thousand targets a few have news between two views of the fleet: models
// that have none of them are shown as they were. What balances leave for the
// next is kept here, too.
//
// Not thread-safe.
class ModelViews {
 public:
  // Follows `plan`, which comes after `old`: what models of the same name left
  // is kept as far as it fits.
  void SetPlan(const FleetPlan& old, const FleetPlan& plan);

  // In the plan's order. `readings` are of each of its models. REQUIRES: `plan`
  // was set last; `moment` is not before that of an earlier call.
  std::vector<SharedModelView> Make(const FleetPlan& plan,
                                    absl::Span<const Readings> readings,
                                    const ViewRules& rules,
                                    const Moment& moment);

 private:
  struct Entry {
    ModelMemory memory;
    // nullopt: there is none, or it was made by other rules.
    std::optional<SharedModelView> view;
    // Reading::changes, added up, when it was made.
    std::uint64_t changes = 0;
    // Wall clock; when a price changes.
    absl::Time prices_until;
  };

  // Whether `entry`'s view is what would be made of the same readings now.
  static bool Rests(const Entry& entry, const Moment& moment);

  // Of the plan's models.
  std::vector<Entry> entries_;
  // What views were made by, beside the plan.
  std::string active_group_;
  std::set<std::string> regions_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_MODEL_VIEWS_H_
