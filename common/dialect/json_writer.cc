#include "common/dialect/json_writer.h"

#include <charconv>
#include <cstddef>

namespace weir::dialect {

JsonWriter& JsonWriter::Decimal(double number) {
  // The longest: -2.2250738585072014e-308.
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  return Raw({digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace weir::dialect
