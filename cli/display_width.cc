#include "cli/display_width.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace weir::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The usual suspects of Unicode's EastAsianWidth.txt (W and F) and of general
// category Mn; not every rare script, since the worst is a crooked column.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};
constexpr Range kNoWidth[] = {
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
};

template <std::size_t kSize>
bool IsIn(const Range (&ranges)[kSize], char32_t letter) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [letter](const Range& range) {
                       return range.first <= letter && letter <= range.last;
                     });
}

struct Letter {
  char32_t code;
  std::size_t bytes;
};

// The first letter of a text that is not empty; a byte that begins none counts
// as one.
Letter FirstLetter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead < 0xC0   ? 1
                            : lead < 0xE0 ? 2
                            : lead < 0xF0 ? 3
                                          : 4;
  if (bytes == 1 || bytes > text.size()) return {lead, 1};
  char32_t code = lead & (0xFF >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto tail = static_cast<unsigned char>(text[i]);
    if ((tail & 0xC0) != 0x80) return {lead, 1};
    code = code << 6 | (tail & 0x3F);
  }
  return {code, bytes};
}

int WidthOf(char32_t letter) {
  if (IsIn(kNoWidth, letter)) return 0;
  return IsIn(kWide, letter) ? 2 : 1;
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Letter letter = FirstLetter(text);
    width += WidthOf(letter.code);
    text.remove_prefix(letter.bytes);
  }
  return width;
}

std::string CutToWidth(std::string_view text, int columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  std::string cut;
  int left = columns - 1;
  while (!text.empty()) {
    const Letter letter = FirstLetter(text);
    left -= WidthOf(letter.code);
    if (left < 0) break;
    cut += text.substr(0, letter.bytes);
    text.remove_prefix(letter.bytes);
  }
  return cut + "…";
}

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const Letter letter = FirstLetter(text);
    // C0, DEL and C1; a stray byte in C1's range is no better.
    if (letter.code == '\n' || letter.code == '\r' || letter.code == '\t') {
      printable += ' ';
    } else if (letter.code < 0x20 ||
               (letter.code >= 0x7F && letter.code < 0xA0)) {
      printable += '?';
    } else {
      printable += text.substr(0, letter.bytes);
    }
    text.remove_prefix(letter.bytes);
  }
  return printable;
}

}  // namespace weir::cli
