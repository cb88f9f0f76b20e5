// Comparing with words of ours.
#ifndef WEIR_COMMON_LITERAL_H_
#define WEIR_COMMON_LITERAL_H_

#include <cstddef>
#include <cstring>
#include <string_view>

namespace weir {

// `text == literal`, in a few instructions: the size is a constant here, so
// that the compiler compares words instead of calling memcmp().
template <std::size_t Size>
bool Is(std::string_view text, const char (&literal)[Size]) {
  return text.size() == Size - 1 &&
         std::memcmp(text.data(), literal, Size - 1) == 0;
}

// `text.starts_with(literal)`, likewise.
template <std::size_t Size>
bool StartsWith(std::string_view text, const char (&literal)[Size]) {
  return text.size() >= Size - 1 &&
         std::memcmp(text.data(), literal, Size - 1) == 0;
}

// `text.ends_with(literal)`, likewise.
template <std::size_t Size>
bool EndsWith(std::string_view text, const char (&literal)[Size]) {
  return text.size() >= Size - 1 &&
         std::memcmp(text.data() + text.size() - (Size - 1), literal,
                     Size - 1) == 0;
}

}  // namespace weir

#endif  // WEIR_COMMON_LITERAL_H_
