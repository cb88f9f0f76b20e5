#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "common/dialect/dialect.h"
#include "common/dialect/json_writer.h"
#include "common/utf8.h"

namespace weir::dialect {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD.

void AppendAscii(char c, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte != 0x7F) {
    out += c;
    return;
  }
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 0x0F];
}

constexpr std::uint64_t EightOf(unsigned char byte) {
  return byte * 0x0101010101010101ULL;
}

// Whether all bytes of `word` are printable ASCII, and neither quotes nor
// backslashes. A byte borrows from the next one only where it is none of these
// itself.
bool AllPlain(std::uint64_t word) {
  const auto some_is = [word](unsigned char byte) {
    const std::uint64_t same = word ^ EightOf(byte);
    return (same - EightOf(1)) & ~same;
  };
  const std::uint64_t below_blank = word - EightOf(0x20);
  const std::uint64_t not_plain =
      word | below_blank | some_is('"') | some_is('\\') | some_is(0x7F);
  return (not_plain & EightOf(0x80)) == 0;
}

// How many bytes from the front of `text` stand in JSON as they are. Eight at
// once: texts are most of what is written.
std::size_t PlainLength(std::string_view text) {
  std::size_t length = 0;
  for (std::uint64_t word = 0; text.size() - length >= sizeof(word);
       length += sizeof(word)) {
    std::memcpy(&word, text.data() + length, sizeof(word));
    if (!AllPlain(word)) break;
  }
  while (length < text.size()) {
    const auto byte = static_cast<unsigned char>(text[length]);
    if (byte < 0x20 || byte > 0x7E || byte == '"' || byte == '\\') break;
    ++length;
  }
  return length;
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    if (const std::size_t plain = PlainLength(text); plain > 0) {
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    const std::size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      out += kReplacement;
    } else if (length == 1) {
      AppendAscii(text[0], out);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string JsonString(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendJsonString(text, out);
  return out;
}

}  // namespace weir::dialect
