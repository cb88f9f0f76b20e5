// How long a provider asks to be left alone.
#ifndef WEIR_DATAPLANE_ATTEMPT_RETRY_HINT_H_
#define WEIR_DATAPLANE_ATTEMPT_RETRY_HINT_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {

// Longer hints are cut to it: a mistaken one must not keep a provider out of
// use for hours, and asking again every five minutes costs nothing.
inline constexpr absl::Duration kLongestHint = absl::Minutes(5);
inline constexpr absl::Duration kShortestHint = absl::Milliseconds(100);

// What became of what the provider said.
enum class HintVerdict {
  kNone,     // It said nothing.
  kUsed,     // As it is, or raised to kShortestHint.
  kCapped,   // It asked for longer than kLongestHint.
  kIgnored,  // Nothing of it made sense.
};

struct RetryHint {
  // Set when kUsed or kCapped.
  std::optional<absl::Duration> wait;
  HintVerdict verdict = HintVerdict::kNone;
};

// The first of these that makes sense: retry-after-ms, x-ms-retry-after-ms,
// retry-after (seconds, or a date of RFC 9110 section 10.2.3), Google's
// RetryInfo in an error's body, the soonest reset of a limit that is used up.
// Garbage, negative values and points in time that have passed make none.
// `wall_now` is what dates are relative to. Pure.
RetryHint ReadRetryHint(const http1::ResponseHead& head, std::string_view body,
                        absl::Time wall_now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_RETRY_HINT_H_
