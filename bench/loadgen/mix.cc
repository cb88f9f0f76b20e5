#include "bench/loadgen/mix.h"

#include <charconv>
#include <cmath>
#include <system_error>

#include "absl/status/status.h"
#include "bench/text/text.h"

namespace weir::bench {

std::optional<double> ParseRate(std::string_view text) {
  double rate = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, rate);
  if (error != std::errc() || parsed != end || !std::isfinite(rate) ||
      rate <= 0) {
    return std::nullopt;
  }
  return rate;
}

absl::StatusOr<double> SseShare(std::string_view mix) {
  double json = 0;
  double sse = 0;
  for (std::string_view part : text::Split(mix, ',')) {
    const std::string_view whole = part;
    double* share = text::ConsumePrefix(part, "json=")  ? &json
                    : text::ConsumePrefix(part, "sse=") ? &sse
                                                        : nullptr;
    const std::optional<double> number = ParseRate(part);
    if (share == nullptr || !number) {
      return absl::InvalidArgumentError(text::Cat(
          "--mix: '", whole, "' is not a share such as json=0.7 or sse=0.3"));
    }
    *share = *number;
  }
  if (json + sse == 0) return absl::InvalidArgumentError("--mix: is empty");
  return sse / (json + sse);
}

}  // namespace weir::bench
