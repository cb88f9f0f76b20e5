#include "tests/simprovider/latency.h"

#include <cmath>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

// The 99th percentile of the standard normal distribution.
constexpr double kNormalP99 = 2.3263478740408408;

std::optional<absl::Duration> ParseLength(std::string_view text) {
  absl::Duration length;
  if (!absl::ParseDuration(std::string(text), &length) ||
      length < absl::ZeroDuration() || length == absl::InfiniteDuration()) {
    return std::nullopt;
  }
  return length;
}

// Two lengths in order of size.
std::optional<std::pair<absl::Duration, absl::Duration>> ParsePair(
    std::string_view text, char separator, std::string_view first_prefix,
    std::string_view second_prefix) {
  std::vector<std::string_view> parts = text::Split(text, separator);
  if (parts.size() != 2 || !text::ConsumePrefix(parts[0], first_prefix) ||
      !text::ConsumePrefix(parts[1], second_prefix)) {
    return std::nullopt;
  }
  const auto first = ParseLength(parts[0]);
  const auto second = ParseLength(parts[1]);
  if (!first || !second || *second < *first) return std::nullopt;
  return std::pair(*first, *second);
}

// In (0, 1], for logarithms.
double Positive(Random& random) { return 1.0 - random.Uniform(); }

// Box and Muller's method.
double Normal(Random& random) {
  return std::sqrt(-2.0 * std::log(Positive(random))) *
         std::cos(2.0 * std::numbers::pi * random.Uniform());
}

}  // namespace

absl::StatusOr<Latency> Latency::Parse(std::string_view text) {
  std::string_view rest = text;
  if (text::ConsumePrefix(rest, "uniform:")) {
    if (const auto bounds = ParsePair(rest, '-', "", "")) {
      return Latency(Shape::kUniform, bounds->first, bounds->second, text);
    }
  } else if (text::ConsumePrefix(rest, "lognormal:")) {
    const auto quantiles = ParsePair(rest, ',', "p50=", "p99=");
    if (quantiles && quantiles->first > absl::ZeroDuration()) {
      return Latency(Shape::kLogNormal, quantiles->first, quantiles->second,
                     text);
    }
  } else if (text::ConsumePrefix(rest, "exp:")) {
    if (const auto mean = ParseLength(rest)) {
      return Latency(Shape::kExponential, *mean, {}, text);
    }
  } else if (const auto constant = ParseLength(rest)) {
    return Latency(Shape::kConstant, *constant, {}, text);
  }
  return absl::InvalidArgumentError(text::Cat(
      "'", text, "' is not a latency; write 20ms, uniform:10ms-50ms, exp:20ms ",
      "or lognormal:p50=20ms,p99=200ms"));
}

absl::Duration Latency::Sample(Random& random) const {
  switch (shape_) {
    case Shape::kConstant:
      return first_;
    case Shape::kUniform:
      return first_ + (second_ - first_) * random.Uniform();
    case Shape::kExponential:
      return first_ * -std::log(Positive(random));
    case Shape::kLogNormal: {
      const double sigma =
          std::log(absl::FDivDuration(second_, first_)) / kNormalP99;
      return first_ * std::exp(sigma * Normal(random));
    }
  }
  return first_;
}

}  // namespace weir::simprovider
