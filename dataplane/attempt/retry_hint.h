// How long a provider asks to be left alone.
#ifndef WEIR_DATAPLANE_ATTEMPT_RETRY_HINT_H_
#define WEIR_DATAPLANE_ATTEMPT_RETRY_HINT_H_

#include <optional>

#include "absl/time/time.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {

// From retry-after-ms, else retry-after in seconds or as an HTTP date (RFC 9110
// section 10.2.3; `wall_now` is what a date is relative to). Clamped to 0.1 s
// to 24 h. nullopt when there is none that makes sense.
std::optional<absl::Duration> RetryHint(const http1::ResponseHead& head,
                                        absl::Time wall_now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_RETRY_HINT_H_
