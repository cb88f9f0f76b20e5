// What a plan was made of, for whoever asks later why a request went where it
// went.
#ifndef WEIR_DATAPLANE_PLAN_PLAN_RECORD_H_
#define WEIR_DATAPLANE_PLAN_PLAN_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Why a target was left out.
enum class Exclusion : std::uint8_t {
  kNone,
  // By an operator, or this node can't use its provider.
  kForbidden,
  // The request is for another provider.
  kOtherProvider,
  // It takes no requests that are as hard as this one.
  kComplexity,
  // It speaks another dialect, in which such a request can't be said.
  kDialect,
  kBreakerOpen,
  // The provider asked to be left alone.
  kPaused,
  // Every credential was refused lately.
  kCredentialBenched,
};

// One target that was looked at.
struct ConsideredTarget {
  ProviderIndex provider;
  // Absent (kNoTarget) when the client addressed the provider itself.
  TargetIndex target;
  // The control plane's share, and what this worker knew, as a factor.
  float share;
  float local_factor;
  // How much longer the reason of the exclusion holds; 0 where it has no end.
  float seconds_left;
  std::uint16_t rank;
  Exclusion exclusion;
};

inline constexpr TargetIndex kNoTarget = 0xffffffff;

// One is written for every request, into memory that it keeps from the one
// before. What it holds is trivially copyable, so that it is kept by a copy of
// its bytes.
class PlanRecord {
 public:
  // Targets beyond are not remembered.
  static constexpr std::size_t kMaxTargets = 64;

  void Clear() { items_.clear(); }
  void Add(const ConsideredTarget& considered) {
    if (items_.size() < kMaxTargets) items_.push_back(considered);
  }

  // Those that were planned with, in the order of the plan, among them those
  // that were left out.
  std::span<const ConsideredTarget> items() const { return items_; }

 private:
  // Keeps its memory, for the next request.
  std::vector<ConsideredTarget> items_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_PLAN_RECORD_H_
