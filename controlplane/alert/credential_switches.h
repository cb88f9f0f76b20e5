// Providers that are called with another credential than before.
#ifndef WEIR_CONTROLPLANE_ALERT_CREDENTIAL_SWITCHES_H_
#define WEIR_CONTROLPLANE_ALERT_CREDENTIAL_SWITCHES_H_

#include <string>
#include <vector>

#include "controlplane/scoreboard.h"

namespace weir::controlplane {

struct CredentialSwitch {
  std::string provider;
  // A sentence for people: which one, instead of which, and why.
  std::string text;

  friend bool operator==(const CredentialSwitch&,
                         const CredentialSwitch&) = default;
};

// From one view to a later one. Providers that are in one of them only, or
// whose list of credentials is another one, are no switch: the configuration's
// own event speaks of them. Pure.
std::vector<CredentialSwitch> CredentialSwitches(const FleetView& before,
                                                 const FleetView& after);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ALERT_CREDENTIAL_SWITCHES_H_
