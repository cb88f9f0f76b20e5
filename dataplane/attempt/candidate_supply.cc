#include "dataplane/attempt/candidate_supply.h"

#include <optional>

#include "absl/time/time.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

// Null where the candidate has no limits, as most.
const QuotaView* QuotasOf(const Request& request, const Candidate& candidate) {
  const QuotaView* const quotas = request.snapshot->quotas.get();
  const bool limited =
      quotas != nullptr && (!quotas->providers[candidate.provider].empty() ||
                            !quotas->targets.empty());
  return limited ? quotas : nullptr;
}

}  // namespace

std::optional<SupplyPlace> TakeSupply(const Request& request,
                                      const Candidate& candidate,
                                      absl::Time now) {
  const QuotaView* const quotas = QuotasOf(request, candidate);
  if (quotas == nullptr) return SupplyPlace();
  return SupplyPlace::Take(*quotas, {candidate.provider, candidate.target},
                           now);
}

bool HasSupply(const Request& request, const Candidate& candidate,
               absl::Time now) {
  const QuotaView* const quotas = QuotasOf(request, candidate);
  return quotas == nullptr ||
         HasRoom(*quotas, {candidate.provider, candidate.target}, now);
}

bool HasSupplyNews(const Request& request, const Candidate& candidate) {
  const QuotaView* const quotas = QuotasOf(request, candidate);
  return quotas != nullptr &&
         TakeNews(*quotas, {candidate.provider, candidate.target});
}

}  // namespace weir::dataplane
