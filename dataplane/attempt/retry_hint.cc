#include "dataplane/attempt/retry_hint.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

std::optional<absl::Duration> InUnits(std::string_view text,
                                      absl::Duration unit) {
  double number = 0;
  if (!absl::SimpleAtod({text.data(), text.size()}, &number) ||
      !std::isfinite(number) || number < 0) {
    return std::nullopt;
  }
  return number * unit;
}

std::optional<absl::Duration> UntilDate(std::string_view text,
                                        absl::Time wall_now) {
  absl::Time date;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", std::string(text), &date,
                       &error)) {
    return std::nullopt;
  }
  return date - wall_now;
}

}  // namespace

std::optional<absl::Duration> RetryHint(const http1::ResponseHead& head,
                                        absl::Time wall_now) {
  std::optional<absl::Duration> hint;
  if (const auto* ms = head.Find(http1::HeaderId::kRetryAfterMs)) {
    hint = InUnits(ms->value, absl::Milliseconds(1));
  }
  const auto* header = head.Find(http1::HeaderId::kRetryAfter);
  if (!hint.has_value() && header != nullptr) {
    hint = InUnits(header->value, absl::Seconds(1));
    if (!hint.has_value()) hint = UntilDate(header->value, wall_now);
  }
  if (!hint.has_value()) return std::nullopt;
  return std::clamp(*hint, absl::Milliseconds(100), absl::Hours(24));
}

}  // namespace weir::dataplane
