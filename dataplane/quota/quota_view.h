// The limits of one configuration, aligned with it.
#ifndef WEIR_DATAPLANE_QUOTA_QUOTA_VIEW_H_
#define WEIR_DATAPLANE_QUOTA_QUOTA_VIEW_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/quota/limit.h"

namespace weir::dataplane {

// A hard budget of a key is spent.
struct SpentBudget {
  // On the wall clock: the period's end.
  absl::Time until;
  // By ModelIndex: who serves instead; absent where requests are refused.
  std::optional<std::uint32_t> fallback;
  // The same of single models, by the one that is asked for.
  std::map<std::uint32_t, std::uint32_t> fallback_by_model = {};

  // Who serves instead of `model`; absent where it is refused.
  std::optional<std::uint32_t> FallbackOf(std::uint32_t model) const {
    const auto own = fallback_by_model.find(model);
    return own == fallback_by_model.end() ? fallback : own->second;
  }
};

// Each null where there is no such limit.
struct LimitSet {
  std::shared_ptr<Limit> requests;
  std::shared_ptr<Limit> tokens;
  std::shared_ptr<Limit> concurrent;

  bool empty() const {
    return requests == nullptr && tokens == nullptr && concurrent == nullptr;
  }
};

// Of a key.
struct ClientLimits : LimitSet {
  // One that refuses a request counts before one that has a fallback for it,
  // a later end before an earlier one.
  std::vector<SpentBudget> spent;
};

// Of a provider or a target.
using SupplyLimits = LimitSet;

// Thread safety: immutable, and the limits are safe from any thread.
struct QuotaView {
  std::vector<ClientLimits> clients;    // By position in clients.
  std::vector<SupplyLimits> providers;  // By ProviderIndex.
  // By TargetIndex; empty where no target has any: then nobody looks.
  std::vector<SupplyLimits> targets;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_QUOTA_VIEW_H_
