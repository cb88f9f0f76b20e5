#include "dataplane/quota/supply.h"

#include <array>
#include <optional>

#include "absl/time/time.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"

namespace weir::dataplane {
namespace {

// The provider's, and those of the target where there is one.
struct Limits {
  struct Each {
    Limit* requests = nullptr;
    Limit* tokens = nullptr;
    Limit* concurrent = nullptr;

    std::array<Limit*, 3> all() const { return {requests, tokens, concurrent}; }
  };

  Limits(const QuotaView& quotas, const Supply& supply)
      : provider(EachOf(quotas.providers[supply.provider])) {
    if (supply.target.has_value() && !quotas.targets.empty()) {
      target = EachOf(quotas.targets[*supply.target]);
    }
  }

  static Each EachOf(const SupplyLimits& limits) {
    return {limits.requests.get(), limits.tokens.get(),
            limits.concurrent.get()};
  }

  Each provider;
  Each target;
};

bool HasRoom(const Limit* limit, absl::Time now) {
  return limit == nullptr || limit->Wait(now) == absl::ZeroDuration();
}

bool HasRoom(const Limits::Each& limits, absl::Time now) {
  return HasRoom(limits.requests, now) && HasRoom(limits.tokens, now) &&
         HasRoom(limits.concurrent, now);
}

bool Take(Limit* limit, absl::Time now) {
  return limit == nullptr || !limit->Take(1, now).has_value();
}

bool TakeNews(const Limits::Each& limits) {
  bool news = false;
  for (Limit* const limit : limits.all()) {
    news |= limit != nullptr && limit->TakeNews();
  }
  return news;
}

}  // namespace

SupplyPlace::~SupplyPlace() {
  if (provider_ != nullptr) provider_->Release();
  if (target_ != nullptr) target_->Release();
}

std::optional<SupplyPlace> SupplyPlace::Take(const QuotaView& quotas,
                                             const Supply& supply,
                                             absl::Time now) {
  const Limits limits(quotas, supply);
  if (!HasRoom(limits.provider.tokens, now) ||
      !HasRoom(limits.target.tokens, now)) {
    return std::nullopt;
  }
  // Places first: they are given back as if they had never been taken.
  std::optional<SupplyPlace> place(std::in_place);
  if (!dataplane::Take(limits.provider.concurrent, now)) return std::nullopt;
  place->provider_ = limits.provider.concurrent;
  if (!dataplane::Take(limits.target.concurrent, now)) return std::nullopt;
  place->target_ = limits.target.concurrent;
  if (!dataplane::Take(limits.provider.requests, now)) return std::nullopt;
  if (dataplane::Take(limits.target.requests, now)) return place;
  if (limits.provider.requests != nullptr) {
    limits.provider.requests->Settle(-1, now);
  }
  return std::nullopt;
}

bool HasRoom(const QuotaView& quotas, const Supply& supply, absl::Time now) {
  const Limits limits(quotas, supply);
  return HasRoom(limits.provider, now) && HasRoom(limits.target, now);
}

bool TakeNews(const QuotaView& quotas, const Supply& supply) {
  const Limits limits(quotas, supply);
  const bool of_provider = TakeNews(limits.provider);
  return TakeNews(limits.target) || of_provider;
}

}  // namespace weir::dataplane
