#include "common/ops/plain_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace weir::ops {
namespace {

constexpr int kDecimals = 6;
// A sign, the digits of the largest double, a point.
constexpr std::size_t kLongest =
    std::numeric_limits<double>::max_exponent10 + 3 + kDecimals;

}  // namespace

std::string PlainNumber(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, kLongest> digits;
  const auto written =
      std::to_chars(digits.data(), digits.data() + digits.size(), value,
                    std::chars_format::fixed, kDecimals);
  std::string text(digits.data(), written.ptr);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace weir::ops
