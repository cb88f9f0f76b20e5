// Targets whose state is another one than before.
#ifndef WEIR_CONTROLPLANE_ALERT_TARGET_CHANGES_H_
#define WEIR_CONTROLPLANE_ALERT_TARGET_CHANGES_H_

#include <string>
#include <vector>

#include "controlplane/scoreboard.h"

namespace weir::controlplane {

struct TargetChange {
  // `provider/upstream model`.
  std::string subject;
  // A sentence for people: what it was, what it is, and why.
  std::string text;

  friend bool operator==(const TargetChange&, const TargetChange&) = default;
};

// From one view to a later one; targets that are in one of them only are no
// change, for the configuration's own event speaks of them. A target of several
// models is mentioned once, as the first that changed has it. Pure.
std::vector<TargetChange> TargetChanges(const FleetView& before,
                                        const FleetView& after);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_TARGET_CHANGES_H_
