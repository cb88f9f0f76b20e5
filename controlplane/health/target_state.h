// What a target is called, of all that may be true of it at once.
#ifndef WEIR_CONTROLPLANE_HEALTH_TARGET_STATE_H_
#define WEIR_CONTROLPLANE_HEALTH_TARGET_STATE_H_

namespace weir::controlplane {

enum class TargetState {
  kUnknown,  // No news yet, which is not bad.
  kHealthy,
  kDegraded,  // Usable, with something wrong.
  kUnhealthy,
  kAutoDisabled,
  kDraining,
  kDisabled,
  kNoCredential,
};

// `unhealthy`, `auto_disabled`: as in the schema, without the prefix.
const char* StateName(TargetState state);

// Whether clients' requests are sent there.
inline bool IsUsable(TargetState state) {
  return state == TargetState::kUnknown || state == TargetState::kHealthy ||
         state == TargetState::kDegraded;
}

// Whether it is health, not an operator or a missing secret, that forbids it.
inline bool IsUnfit(TargetState state) {
  return state == TargetState::kUnhealthy ||
         state == TargetState::kAutoDisabled;
}

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_HEALTH_TARGET_STATE_H_
