#include "dataplane/relay_outcome.h"

#include <optional>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/relay/relay.h"

namespace weir::dataplane {

Blame BlameOf(const RelayResult& result, Interrupt::Why why) {
  const bool nobody =
      result.end == RelayEnd::kClientGone || IsNobodysFault(why);
  return nobody ? Blame::kNobody : result.blame;
}

News RecordEnd(const Asked& asked, const RelayResult& result,
               Interrupt::Why why, absl::Time now) {
  if (result.end == RelayEnd::kComplete) return RecordSuccess(asked, now);
  return RecordFailure(asked,
                       {.blame = BlameOf(result, why),
                        .stage = Stage::kAnswering,
                        .reason = result.reason,
                        .status = std::nullopt,
                        .retry_after = std::nullopt},
                       now);
}

}  // namespace weir::dataplane
