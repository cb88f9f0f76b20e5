#include "common/dialect/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace weir::dialect {

// Grows `out` once and not for each piece: most of what is written are keys.
JsonWriter& JsonWriter::Key(std::string_view name) {
  constexpr std::string_view kComma = ",\"";
  constexpr std::string_view kColon = "\":";
  const std::string_view before = comma_ ? kComma : kComma.substr(1);
  const std::size_t begin = out_.size();
  out_.resize(begin + before.size() + name.size() + kColon.size());
  char* to = out_.data() + begin;
  to = std::copy(before.begin(), before.end(), to);
  to = std::copy(name.begin(), name.end(), to);
  std::copy(kColon.begin(), kColon.end(), to);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Decimal(double number) {
  // The longest: -2.2250738585072014e-308.
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  return Raw({digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace weir::dialect
