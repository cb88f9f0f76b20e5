#include "common/dialect/canonical/answer_parts.h"

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"

namespace weir::dialect::canonical {

absl::Status Garbage(std::string_view what) {
  return absl::InvalidArgumentError(
      absl::string_view(what.data(), what.size()));
}

FinishReason ReasonOf(std::string_view native,
                      std::span<const NativeReason> known) {
  for (const auto& [name, reason] : known) {
    if (name == native) return reason;
  }
  return FinishReason::kStop;
}

}  // namespace weir::dialect::canonical
