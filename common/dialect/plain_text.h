// Text that stands in JSON as it is.
#ifndef WEIR_COMMON_DIALECT_PLAIN_TEXT_H_
#define WEIR_COMMON_DIALECT_PLAIN_TEXT_H_

#include <emmintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace weir::dialect {
namespace plain_text_internal {

// SSE2 is part of x86-64.
inline constexpr std::size_t kAtOnce = 16;

// How many of the first sixteen bytes are printable ASCII, and neither quotes
// nor backslashes. REQUIRES: sixteen bytes may be read at `text`.
inline std::size_t PlainOfSixteen(const char* text) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  // As signed bytes: what is not ASCII is negative.
  const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i deleted = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F));
  const __m128i found =
      _mm_or_si128(_mm_or_si128(low, quote), _mm_or_si128(backslash, deleted));
  const auto where = static_cast<unsigned>(_mm_movemask_epi8(found));
  return where == 0 ? kAtOnce
                    : static_cast<std::size_t>(std::countr_zero(where));
}

}  // namespace plain_text_internal

// How many bytes from the front of `text` stand in a JSON string as they are.
// Sixteen at once: texts are most of what is written.
inline std::size_t PlainLength(std::string_view text) {
  using plain_text_internal::kAtOnce;
  using plain_text_internal::PlainOfSixteen;
  std::size_t length = 0;
  for (; text.size() - length >= kAtOnce; length += kAtOnce) {
    const std::size_t plain = PlainOfSixteen(text.data() + length);
    if (plain < kAtOnce) return length + plain;
  }
  // What is left, with something behind it that is not plain.
  std::array<char, kAtOnce> rest{};
  text.copy(rest.data(), kAtOnce, length);
  return length + PlainOfSixteen(rest.data());
}

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_PLAIN_TEXT_H_
