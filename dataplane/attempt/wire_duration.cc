#include "dataplane/attempt/wire_duration.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"

namespace weir::dataplane {
namespace {

std::optional<absl::Duration> Until(absl::Time then, absl::Time now) {
  if (then < now) return std::nullopt;
  return then - now;
}

}  // namespace

std::optional<absl::Duration> ParseNumber(std::string_view text,
                                          absl::Duration unit) {
  double number = 0;
  if (!absl::SimpleAtod({text.data(), text.size()}, &number) ||
      !std::isfinite(number) || number < 0) {
    return std::nullopt;
  }
  return number * unit;
}

std::optional<absl::Duration> ParseUnits(std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration(std::string(text), &duration) ||
      duration < absl::ZeroDuration() || duration == absl::InfiniteDuration()) {
    return std::nullopt;
  }
  return duration;
}

std::optional<absl::Duration> ParseReset(std::string_view text,
                                         absl::Time wall_now) {
  constexpr absl::Duration kSince1970 = absl::Seconds(1'000'000'000);
  if (const auto seconds = ParseNumber(text, absl::Seconds(1))) {
    if (*seconds < kSince1970) return seconds;
    const bool is_seconds = *seconds < kSince1970 * 1000;
    const absl::Duration since = is_seconds ? *seconds : *seconds / 1000;
    return Until(absl::UnixEpoch() + since, wall_now);
  }
  if (const auto duration = ParseUnits(text)) return duration;
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error)) {
    return Until(time, wall_now);
  }
  return std::nullopt;
}

}  // namespace weir::dataplane
