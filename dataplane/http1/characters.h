// Which bytes may stand where in a message head; RFC 9110 section 5, RFC 9112
// section 3.
#ifndef WEIR_DATAPLANE_HTTP1_CHARACTERS_H_
#define WEIR_DATAPLANE_HTTP1_CHARACTERS_H_

#include <emmintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::dataplane::http1 {

enum CharacterClass : std::uint8_t {
  // tchar: methods, header names.
  kToken = 1,
  // VCHAR, obs-text, SP, HTAB: header values.
  kValue = 2,
  // Visible ASCII but for backslash and '#': a request target.
  kTarget = 4,
  // reg-name: a Host without its port.
  kHostName = 8,
  // What stands between the brackets of an IPv6 address.
  kAddress = 16,
  // tchar without the underscore.
  kPlainToken = 32,
};

namespace internal {

constexpr bool IsAlphanumeric(int c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

constexpr std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const auto at = static_cast<std::size_t>(c);
    const auto in = [c](std::string_view set) {
      return set.find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (IsAlphanumeric(c) || (c != 0 && in("!#$%&'*+-.^_`|~"))) {
      classes[at] |= kToken;
      if (c != '_') classes[at] |= kPlainToken;
    }
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) classes[at] |= kValue;
    if (c > 0x20 && c < 0x7f && c != '\\' && c != '#') classes[at] |= kTarget;
    if (IsAlphanumeric(c) || (c != 0 && in("-._~%!$&'()*+;="))) {
      classes[at] |= kHostName;
    }
    if (c != 0 && in("0123456789abcdefABCDEF:.")) classes[at] |= kAddress;
  }
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

}  // namespace internal

inline bool Is(char c, CharacterClass wanted) {
  return (internal::kClasses[static_cast<std::uint8_t>(c)] & wanted) != 0;
}

inline bool AllAre(std::string_view text, CharacterClass wanted) {
  // No early exit: heads are nearly always well-formed, and this way the loop
  // has no branch that depends on the data.
  std::uint8_t common = 0xff;
  for (const char c : text) {
    common &= internal::kClasses[static_cast<std::uint8_t>(c)];
  }
  return (common & wanted) != 0;
}

// Where in [begin, end) the first byte stands that is no kValue; `end` where
// all are.
inline const char* EndOfValue(const char* begin, const char* end) {
  // Sixteen at once: SSE2 is part of x86-64.
  for (; end - begin >= 16; begin += 16) {
    const __m128i text =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
    const __m128i control =
        _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1f)), text);
    const __m128i tab = _mm_cmpeq_epi8(text, _mm_set1_epi8('\t'));
    const __m128i del = _mm_cmpeq_epi8(text, _mm_set1_epi8(0x7f));
    const int found =
        _mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, control), del));
    if (found != 0) {
      return begin + std::countr_zero(static_cast<unsigned>(found));
    }
  }
  while (begin != end && Is(*begin, kValue)) ++begin;
  return begin;
}

// Where the empty line begins that ends a head, as find("\r\n\r\n", from) says
// it, which calls memchr() for each line.
inline std::size_t FindEmptyLine(std::string_view text, std::size_t from = 0) {
  const auto carriage_returns = [](const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))));
  };
  for (; text.size() >= from + 18; from += 16) {
    const char* const block = text.data() + from;
    unsigned found = carriage_returns(block) & carriage_returns(block + 2);
    for (; found != 0; found &= found - 1) {
      const auto at = from + static_cast<std::size_t>(std::countr_zero(found));
      if (text.substr(at, 4) == "\r\n\r\n") return at;
    }
  }
  return text.find("\r\n\r\n", from);
}

// How many bytes of the front, counted in sixteens until one of them is
// something else, are letters, digits or `-`, which most names are made of.
inline std::size_t PlainNamePrefix(std::string_view text) {
  std::size_t size = 0;
  while (text.size() - size >= 16) {
    const __m128i bytes =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + size));
    // Those up to `most` above `first`, as unsigned numbers.
    const auto among = [](__m128i c, char first, char most) {
      const __m128i above = _mm_sub_epi8(c, _mm_set1_epi8(first));
      return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(most)), above);
    };
    const __m128i letters =
        among(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 25);
    const __m128i digits = among(bytes, '0', 9);
    const __m128i dashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-'));
    const auto plain = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(letters, _mm_or_si128(digits, dashes))));
    if (plain != 0xffff) {
      return size + static_cast<std::size_t>(std::countr_one(plain));
    }
    size += 16;
  }
  return size;
}

inline char Lower(char c) {
  return (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
}

// ASCII only, as header names are.
inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

inline bool StartsWithIgnoringCase(std::string_view text,
                                   std::string_view prefix) {
  return text.size() >= prefix.size() &&
         EqualsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_CHARACTERS_H_
