#include "dataplane/quota/supply.h"

#include "absl/time/time.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"

namespace weir::dataplane {
namespace {

// The provider's, and those of the target where there is one.
struct Limits {
  struct Pair {
    Limit* requests = nullptr;
    Limit* tokens = nullptr;
  };

  Limits(const QuotaView& quotas, const Supply& supply)
      : provider(PairOf(quotas.providers[supply.provider])) {
    if (supply.target.has_value()) {
      target = PairOf(quotas.targets[*supply.target]);
    }
  }

  static Pair PairOf(const SupplyLimits& limits) {
    return {limits.requests.get(), limits.tokens.get()};
  }

  Pair provider;
  Pair target;
};

bool HasRoom(Limit* limit, absl::Time now) {
  return limit == nullptr || limit->Wait(now) == absl::ZeroDuration();
}

bool Take(Limit* limit, absl::Time now) {
  return limit == nullptr || !limit->Take(1, now).has_value();
}

void Count(Limit* limit, double requests, absl::Time now) {
  if (limit != nullptr) limit->Settle(requests, now);
}

}  // namespace

bool TakeRequest(const QuotaView& quotas, const Supply& supply,
                 absl::Time now) {
  const Limits limits(quotas, supply);
  if (!HasRoom(limits.provider.tokens, now) ||
      !HasRoom(limits.target.tokens, now)) {
    return false;
  }
  if (!Take(limits.provider.requests, now)) return false;
  if (Take(limits.target.requests, now)) return true;
  Count(limits.provider.requests, -1, now);
  return false;
}

bool HasRoom(const QuotaView& quotas, const Supply& supply, absl::Time now) {
  const Limits limits(quotas, supply);
  return HasRoom(limits.provider.tokens, now) &&
         HasRoom(limits.target.tokens, now) &&
         HasRoom(limits.provider.requests, now) &&
         HasRoom(limits.target.requests, now);
}

void CountRequest(const QuotaView& quotas, const Supply& supply,
                  absl::Time now) {
  const Limits limits(quotas, supply);
  Count(limits.provider.requests, 1, now);
  Count(limits.target.requests, 1, now);
}

}  // namespace weir::dataplane
