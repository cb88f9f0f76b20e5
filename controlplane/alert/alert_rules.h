// What is wrong with the fleet now.
#ifndef WEIR_CONTROLPLANE_ALERT_ALERT_RULES_H_
#define WEIR_CONTROLPLANE_ALERT_ALERT_RULES_H_

#include <string>
#include <vector>

#include "controlplane/scoreboard.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {

// When a condition becomes an alert.
enum class Onset {
  kAtOnce,   // Health has seen it more than once already.
  kSettled,  // Only when it stays: one probe or one slow minute is nothing.
};

// Something that is wrong now, as Alert has it.
struct Condition {
  std::string kind;
  std::string subject;
  Severity severity;
  Onset onset;
  std::string summary;

  // What an alert about it is called.
  std::string Id() const;

  friend bool operator==(const Condition&, const Condition&) = default;
};

// Every condition once, by kind and subject; targets that an operator switched
// off and models that don't serve are nobody's trouble. Pure.
std::vector<Condition> ConditionsOf(const FleetView& fleet);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_ALERT_RULES_H_
