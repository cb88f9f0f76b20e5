#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "common/config/yaml_writer.h"

namespace weir::config {
namespace {

bool IsPlainStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '/' ||
         c == '_';
}

bool IsPlainInside(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("/_-.:@+%=").find(c) != std::string_view::npos;
}

// Words that YAML 1.1 or 1.2 reads as something else than a string.
bool IsReserved(std::string_view text) {
  static constexpr std::string_view kWords[] = {
      "null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  std::string lower(text);
  absl::AsciiStrToLower(&lower);
  return std::find(std::begin(kWords), std::end(kWords), lower) !=
         std::end(kWords);
}

bool IsPlain(std::string_view text) {
  return !text.empty() && IsPlainStart(text.front()) && text.back() != ':' &&
         std::all_of(text.begin(), text.end(), IsPlainInside) &&
         !IsReserved(text);
}

void AppendEscaped(char c, std::string& out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (byte < 0x20 || byte == 0x7F) {
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 0x0F];
  } else {
    out += c;
  }
}

}  // namespace

std::string YamlString(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) AppendEscaped(c, quoted);
  return quoted + '"';
}

std::string YamlNumber(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  // Powers of ten only where digits would not fit a line.
  const double size = std::abs(value);
  const auto format = size == 0 || (size >= 1e-6 && size < 1e15)
                          ? std::chars_format::fixed
                          : std::chars_format::scientific;
  char digits[64];
  const auto end =
      std::to_chars(digits, digits + sizeof(digits), value, format).ptr;
  return std::string(digits, end);
}

}  // namespace weir::config
