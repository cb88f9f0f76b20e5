// What UTF-8 is, and what only looks like it.
#ifndef WEIR_COMMON_UTF8_H_
#define WEIR_COMMON_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

// Length of the well-formed UTF-8 sequence that `text` begins with, 0 for none.
// The Unicode Standard 15, table 3-7: the second byte's range depends on the
// first, so that overlong forms, surrogates and values above U+10FFFF fall out.
inline std::size_t Utf8SequenceLength(std::string_view text) {
  const auto in_range = [](unsigned char byte, unsigned char low,
                           unsigned char high) {
    return low <= byte && byte <= high;
  };
  const auto at = [text](std::size_t i) -> unsigned char {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto is_tail = [&](std::size_t i) {
    return in_range(at(i), 0x80, 0xBF);
  };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  if (in_range(first, 0xC2, 0xDF)) return is_tail(1) ? 2 : 0;
  if (in_range(first, 0xE0, 0xEF)) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : 0xBF;
    return in_range(at(1), low, high) && is_tail(2) ? 3 : 0;
  }
  if (in_range(first, 0xF0, 0xF4)) {
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
    return in_range(at(1), low, high) && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

// `text` with a question mark for each byte that is not part of UTF-8.
inline std::string WellFormedUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      out += '?';
      text.remove_prefix(1);
    } else {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace weir

#endif  // WEIR_COMMON_UTF8_H_
