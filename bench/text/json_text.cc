#include "bench/text/json_text.h"

#include <algorithm>
#include <cstddef>

#include "bench/text/text.h"

namespace weir::text {
namespace {

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The bytes of the character that `text` begins with; 0 if it begins with none.
// RFC 3629, section 4.
std::size_t CharacterSize(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  const std::string_view rest = text.substr(1, size - 1);
  if (!std::all_of(rest.begin(), rest.end(), IsContinuation)) return 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const auto second = static_cast<unsigned char>(text[1]);
  const bool wrong =
      (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return wrong ? 0 : size;
}

void AppendAscii(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (static_cast<unsigned char>(c) < 0x20) {
        Append(out, "\\u", Hex{static_cast<unsigned char>(c), 4});
      } else {
        out += c;
      }
  }
}

}  // namespace

std::string JsonEscape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = CharacterSize(text);
    if (size == 1) {
      AppendAscii(text[0], out);
    } else if (size == 0) {
      out += "\\ufffd";
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(std::max<std::size_t>(1, size));
  }
  return out;
}

std::string JsonString(std::string_view text) {
  return Cat("\"", JsonEscape(text), "\"");
}

}  // namespace weir::text
