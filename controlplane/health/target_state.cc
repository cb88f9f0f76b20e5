#include "controlplane/health/target_state.h"

namespace weir::controlplane {

const char* StateName(TargetState state) {
  switch (state) {
    case TargetState::kUnknown:
      return "unknown";
    case TargetState::kHealthy:
      return "healthy";
    case TargetState::kDegraded:
      return "degraded";
    case TargetState::kUnhealthy:
      return "unhealthy";
    case TargetState::kAutoDisabled:
      return "auto_disabled";
    case TargetState::kDraining:
      return "draining";
    case TargetState::kDisabled:
      return "disabled";
    case TargetState::kNoCredential:
      return "no_credential";
  }
  return "unknown";
}

}  // namespace weir::controlplane
