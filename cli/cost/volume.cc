#include "cli/cost/volume.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::cost {
namespace {

constexpr double kMostTokens = 1e15;

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value) ||
      value < 0) {
    return std::nullopt;
  }
  return value;
}

double Unit(char c) {
  switch (c) {
    case 'k':
    case 'K':
      return 1e3;
    case 'm':
    case 'M':
      return 1e6;
    case 'b':
    case 'B':
    case 'g':
    case 'G':
      return 1e9;
    default:
      return 1;
  }
}

}  // namespace

std::optional<std::uint64_t> ParseTokens(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const double unit = Unit(text.back());
  if (unit > 1) text.remove_suffix(1);
  const std::optional<double> number = ParseNumber(text);
  if (!number.has_value() || *number * unit > kMostTokens) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*number * unit));
}

std::optional<Volume> Divide(std::uint64_t tokens, std::string_view ratio) {
  if (ratio.empty()) return Volume{0, tokens};
  const auto colon = ratio.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<double> input = ParseNumber(ratio.substr(0, colon));
  const std::optional<double> output = ParseNumber(ratio.substr(colon + 1));
  if (!input.has_value() || !output.has_value() || *input > kMostTokens ||
      *output > kMostTokens || *input + *output <= 0) {
    return std::nullopt;
  }
  const double share = *input / (*input + *output);
  const auto in = static_cast<std::uint64_t>(
      std::llround(static_cast<double>(tokens) * share));
  return Volume{in, tokens - in};
}

}  // namespace weir::cost
