#include "dataplane/understand/json_token.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/literal.h"

namespace weir::dataplane {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Takes digits off the front; false when there is none.
bool TakeDigits(std::string_view& text) {
  const std::size_t before = text.size();
  while (!text.empty() && IsDigit(text.front())) text.remove_prefix(1);
  return text.size() < before;
}

// The code unit behind `\\u`.
std::uint32_t CodeUnit(std::string_view digits) {
  std::uint32_t unit = 0;
  std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  return unit;
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto byte = [&out](std::uint32_t b) { out += static_cast<char>(b); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | (code >> 6));
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3f));
    byte(0x80 | ((code >> 6) & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

// `rest` begins behind a `\\u`; takes its digits, and a second half's.
std::uint32_t TakeCodePoint(std::string_view& rest) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  const std::uint32_t high = CodeUnit(rest);
  rest.remove_prefix(4);
  if (high < 0xd800 || high > 0xdfff) return high;
  if (high > 0xdbff || !rest.starts_with("\\u")) return kReplacement;
  const std::uint32_t low = CodeUnit(rest.substr(2));
  if (low < 0xdc00 || low > 0xdfff) return kReplacement;
  rest.remove_prefix(6);
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

bool Take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool HasValidEscapes(std::string_view text) {
  for (std::size_t i = text.find('\\'); i != std::string_view::npos;
       i = text.find('\\', i)) {
    if (i + 1 >= text.size()) return false;
    const char kind = text[i + 1];
    if (kind == 'u') {
      if (i + 6 > text.size()) return false;
      for (std::size_t k = i + 2; k < i + 6; ++k) {
        if (!IsHexDigit(text[k])) return false;
      }
      i += 6;
    } else if (std::string_view("\"\\/bfnrt").find(kind) ==
               std::string_view::npos) {
      return false;
    } else {
      i += 2;
    }
  }
  return true;
}

std::string Unescape(std::string_view text) {
  constexpr std::string_view kNames = "bfnrt";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  std::string out;
  while (!text.empty()) {
    const std::size_t escape = text.find('\\');
    out += text.substr(0, escape);
    if (escape == std::string_view::npos) break;
    const char kind = text[escape + 1];
    text.remove_prefix(escape + 2);
    if (kind == 'u') {
      AppendUtf8(TakeCodePoint(text), out);
    } else {
      const std::size_t name = kNames.find(kind);
      out += name == std::string_view::npos ? kind : kMeanings[name];
    }
  }
  return out;
}

bool IsNumber(std::string_view text) {
  Take(text, '-');
  if (text.empty()) return false;
  if (text.front() == '0') {
    text.remove_prefix(1);
  } else if (!TakeDigits(text)) {
    return false;
  }
  if (Take(text, '.') && !TakeDigits(text)) return false;
  if (Take(text, 'e') || Take(text, 'E')) {
    if (!Take(text, '+')) Take(text, '-');
    if (!TakeDigits(text)) return false;
  }
  return text.empty();
}

bool IsScalar(std::string_view text) {
  return Is(text, "true") || Is(text, "false") || Is(text, "null") ||
         IsNumber(text);
}

}  // namespace weir::dataplane
