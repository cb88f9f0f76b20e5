#include "dataplane/attempt/unusable_answer.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"

namespace weir::dataplane {

Failure CutShort(const absl::Status& status, Interrupt::Why why) {
  return {.blame = IsNobodysFault(why) ? Blame::kNobody : Blame::kEndpoint,
          .stage = Stage::kAnswering,
          .reason = why == Interrupt::Why::kTimeout
                        ? "timed out"
                        : std::string(status.message()),
          .status = std::nullopt,
          .retry_after = std::nullopt,
          .timed_out = why == Interrupt::Why::kTimeout};
}

Failure Lying(std::string reason) {
  return {.blame = Blame::kEndpoint,
          .stage = Stage::kAnswering,
          .reason = std::move(reason),
          .status = std::nullopt,
          .retry_after = std::nullopt};
}

}  // namespace weir::dataplane
