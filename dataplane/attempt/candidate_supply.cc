#include "dataplane/attempt/candidate_supply.h"

#include <optional>

#include "absl/time/time.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

// Null where no limits are kept.
const QuotaView* QuotasOf(const Request& request) {
  return request.snapshot->quotas.get();
}

}  // namespace

std::optional<SupplyPlace> TakeSupply(const Request& request,
                                      const Candidate& candidate,
                                      absl::Time now) {
  const QuotaView* const quotas = QuotasOf(request);
  if (quotas == nullptr) return SupplyPlace();
  return SupplyPlace::Take(*quotas, {candidate.provider, candidate.target},
                           now);
}

bool HasSupply(const Request& request, const Candidate& candidate,
               absl::Time now) {
  const QuotaView* const quotas = QuotasOf(request);
  return quotas == nullptr ||
         HasRoom(*quotas, {candidate.provider, candidate.target}, now);
}

bool HasSupplyNews(const Request& request, const Candidate& candidate) {
  const QuotaView* const quotas = QuotasOf(request);
  return quotas != nullptr &&
         TakeNews(*quotas, {candidate.provider, candidate.target});
}

}  // namespace weir::dataplane
