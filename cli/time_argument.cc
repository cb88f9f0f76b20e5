#include "cli/time_argument.h"

#include <string>

#include "absl/strings/numbers.h"

namespace weir::cli {
namespace {

// Longer ago there was no weir.
constexpr int kMostDays = 100'000;

std::optional<absl::Duration> ParseDays(const std::string& text) {
  int days = 0;
  if (text.size() < 2 || text.back() != 'd' ||
      !absl::SimpleAtoi(text.substr(0, text.size() - 1), &days) || days < 0 ||
      days > kMostDays) {
    return std::nullopt;
  }
  return absl::Hours(24) * days;
}

}  // namespace

std::optional<absl::Duration> ParseSpan(const std::string& text) {
  if (const auto days = ParseDays(text)) return days;
  absl::Duration span;
  if (!absl::ParseDuration(text, &span) || span < absl::ZeroDuration() ||
      span > absl::Hours(24) * kMostDays) {
    return std::nullopt;
  }
  return span;
}

std::optional<absl::Time> ParseTimeArgument(const std::string& text,
                                            absl::Time now, Counted counted) {
  if (const auto span = ParseSpan(text)) {
    return counted == Counted::kBack ? now - *span : now + *span;
  }
  absl::Time time;
  for (const char* format : {absl::RFC3339_full, "%Y-%m-%d"}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, nullptr)) {
      return time;
    }
  }
  return std::nullopt;
}

}  // namespace weir::cli
