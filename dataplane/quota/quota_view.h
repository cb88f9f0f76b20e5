// The limits of one configuration, aligned with it.
#ifndef WEIR_DATAPLANE_QUOTA_QUOTA_VIEW_H_
#define WEIR_DATAPLANE_QUOTA_QUOTA_VIEW_H_

#include <cstdint>
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
};

// Each null where there is no such limit.
struct ClientLimits {
  std::shared_ptr<Limit> requests;
  std::shared_ptr<Limit> tokens;
  std::shared_ptr<Limit> concurrent;
  std::optional<SpentBudget> spent;
};

// Of a provider or a target.
struct SupplyLimits {
  std::shared_ptr<Limit> requests;
  std::shared_ptr<Limit> tokens;
  std::shared_ptr<Limit> concurrent;
};

// Thread safety: immutable, and the limits are safe from any thread.
struct QuotaView {
  std::vector<ClientLimits> clients;    // By position in clients.
  std::vector<SupplyLimits> providers;  // By ProviderIndex.
  std::vector<SupplyLimits> targets;    // By TargetIndex.
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_QUOTA_VIEW_H_
