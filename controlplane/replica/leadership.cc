#include "controlplane/replica/leadership.h"

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controlplane/store/lease.h"

namespace weir::controlplane {

Standing Next(const Standing& before, const absl::StatusOr<Lease>& seen,
              const std::string& holder) {
  if (!seen.ok()) return before;
  if (seen->holder != holder) return {std::nullopt, seen->address};
  return {seen->epoch, seen->address};
}

}  // namespace weir::controlplane
