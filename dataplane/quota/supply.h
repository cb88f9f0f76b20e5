// What providers and their targets take of all nodes together.
#ifndef WEIR_DATAPLANE_QUOTA_SUPPLY_H_
#define WEIR_DATAPLANE_QUOTA_SUPPLY_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "dataplane/quota/quota_view.h"

namespace weir::dataplane {

// Where a request would go; indexes are the view's.
struct Supply {
  std::uint32_t provider = 0;
  // Absent where the client addressed the provider.
  std::optional<std::uint32_t> target;
};

// Counts one request against the limits of both, or says false and counts none.
// Tokens are counted when they were used; while they are in debt, nothing more
// goes there. Thread safety: from any thread.
bool TakeRequest(const QuotaView& quotas, const Supply& supply, absl::Time now);

// The same without counting.
bool HasRoom(const QuotaView& quotas, const Supply& supply, absl::Time now);

// Counts one that goes there whatever the limits say.
void CountRequest(const QuotaView& quotas, const Supply& supply,
                  absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_SUPPLY_H_
