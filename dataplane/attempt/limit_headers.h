// What a provider's answer says of its own limits.
#ifndef WEIR_DATAPLANE_ATTEMPT_LIMIT_HEADERS_H_
#define WEIR_DATAPLANE_ATTEMPT_LIMIT_HEADERS_H_

#include <optional>

#include "absl/time/time.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {

struct LimitHeaders {
  // The smallest share that is left of any limit, 0 to 1; absent when no limit
  // was told with what remains of it.
  std::optional<double> left;
  // Until that limit is whole again.
  std::optional<absl::Duration> reset;
  // Of a limit nothing remains; the soonest reset of such, where one makes
  // sense.
  bool used_up = false;
  std::optional<absl::Duration> reset_of_used_up;
};

// From OpenAI's x-ratelimit-{limit,remaining,reset}[-KIND] and Anthropic's
// anthropic-ratelimit-KIND-{limit,remaining,reset}. A limit of 0 or below means
// "unknown" (Azure) and counts for nothing. Pure.
LimitHeaders ReadLimits(const http1::ResponseHead& head, absl::Time wall_now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_LIMIT_HEADERS_H_
