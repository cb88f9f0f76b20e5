// What providers and their targets take of all nodes together.
#ifndef WEIR_DATAPLANE_QUOTA_SUPPLY_H_
#define WEIR_DATAPLANE_QUOTA_SUPPLY_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/quota/quota_view.h"

namespace weir::dataplane {

// Where a request would go; indexes are the view's.
struct Supply {
  std::uint32_t provider = 0;
  // Absent where the client addressed the provider.
  std::optional<std::uint32_t> target;
};

// One request's place among those in flight at a provider and its target; given
// back on destruction. One that was made by itself is no place.
//
// Not thread-safe; lives no longer than its view.
class SupplyPlace {
 public:
  SupplyPlace() = default;
  SupplyPlace(SupplyPlace&& other) noexcept { *this = std::move(other); }
  SupplyPlace& operator=(SupplyPlace&& other) noexcept {
    std::swap(provider_, other.provider_);
    std::swap(target_, other.target_);
    return *this;
  }
  ~SupplyPlace();

  // Counts one request against the limits of both, or takes nullopt and counts
  // none. Tokens are counted when they were used; while they are in debt,
  // nothing more goes there.
  static std::optional<SupplyPlace> Take(const QuotaView& quotas,
                                         const Supply& supply, absl::Time now);

 private:
  // Null where there is no limit, or no place was taken of it.
  Limit* provider_ = nullptr;
  Limit* target_ = nullptr;
};

// Whether a place could be had. Thread safety of these: from any thread.
bool HasRoom(const QuotaView& quotas, const Supply& supply, absl::Time now);

// Whether the control plane should hear at once that one of the limits is
// wanted, of which it leases nothing here; true once for each.
bool TakeNews(const QuotaView& quotas, const Supply& supply);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_SUPPLY_H_
