// Durations as HTTP headers and error bodies write them.
#ifndef WEIR_DATAPLANE_ATTEMPT_WIRE_DURATION_H_
#define WEIR_DATAPLANE_ATTEMPT_WIRE_DURATION_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace weir::dataplane {

// All of these are pure, and nullopt for garbage, for negative values and for
// what is not finite.

// `1.5`, in units of `unit`.
std::optional<absl::Duration> ParseNumber(std::string_view text,
                                          absl::Duration unit);

// `6m0s`, `20ms`, `1h2m3.5s`.
std::optional<absl::Duration> ParseUnits(std::string_view text);

// When a limit is whole again: as ParseUnits(), seconds, a time of RFC 3339, or
// seconds or milliseconds since 1970 (what would be over 30 years is one of
// these). nullopt as well for a point in time that has passed.
std::optional<absl::Duration> ParseReset(std::string_view text,
                                         absl::Time wall_now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_WIRE_DURATION_H_
