// Text put together from many small pieces.
#ifndef WEIR_COMMON_TEXT_WRITER_H_
#define WEIR_COMMON_TEXT_WRITER_H_

#include <emmintrin.h>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace weir {

namespace text_writer_internal {

// A copy is two loads and two stores that may overlap, for most sizes: a call
// of memcpy() takes as long as both.
template <typename Block>
void CopyEnds(char* to, const char* from, std::size_t size) {
  Block begin;
  Block end;
  std::memcpy(&begin, from, sizeof(Block));
  std::memcpy(&end, from + size - sizeof(Block), sizeof(Block));
  std::memcpy(to, &begin, sizeof(Block));
  std::memcpy(to + size - sizeof(Block), &end, sizeof(Block));
}

inline void Copy(char* to, const char* from, std::size_t size) {
  constexpr std::size_t kTwo = 2 * sizeof(__m128i);
  if (size > 2 * kTwo) {
    std::memcpy(to, from, size);
  } else if (size > kTwo) {
    CopyEnds<__m128i>(to, from, kTwo);
    CopyEnds<__m128i>(to + size - kTwo, from + size - kTwo, kTwo);
  } else if (size >= sizeof(__m128i)) {
    CopyEnds<__m128i>(to, from, size);
  } else if (size >= sizeof(std::uint64_t)) {
    CopyEnds<std::uint64_t>(to, from, size);
  } else if (size >= sizeof(std::uint32_t)) {
    CopyEnds<std::uint32_t>(to, from, size);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
}

}  // namespace text_writer_internal

// Writes text over a string's own, in the memory that it has: a head is some
// twenty pieces, and growing a string for each costs more than copying them.
// The string is whole when the writer is gone.
//
// Not thread-safe.
class TextWriter {
 public:
  // `text` outlives this, and nobody looks at it meanwhile.
  explicit TextWriter(std::string& text)
      : text_(text), at_(text.data()), end_(at_ + text.size()) {}
  ~TextWriter() { text_.resize(size()); }
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  // Strings, literals, arrays of characters, and integers in decimal; none of
  // them in `text`.
  template <typename... Pieces>
  void Write(const Pieces&... pieces) {
    const std::size_t most = (MostOf(pieces) + ...);
    if (static_cast<std::size_t>(end_ - at_) < most) Grow(most);
    // In a local variable, which no copied character can be a part of.
    char* at = at_;
    ((at = Put(at, pieces)), ...);
    at_ = at;
  }

  // How much was written.
  std::size_t size() const {
    return static_cast<std::size_t>(at_ - text_.data());
  }

 private:
  template <typename Number>
  static constexpr bool kIsNumber =
      std::integral<Number> && !std::same_as<Number, char> &&
      !std::same_as<Number, bool>;

  // How many bytes a piece is at most.
  static std::size_t MostOf(std::string_view piece) { return piece.size(); }
  template <std::size_t kSize>
  static constexpr std::size_t MostOf(const char (&)[kSize]) {
    return kSize - 1;
  }
  template <std::size_t kSize>
  static constexpr std::size_t MostOf(const std::array<char, kSize>&) {
    return kSize;
  }
  template <typename Number>
  requires kIsNumber<Number>
  static constexpr std::size_t MostOf(Number number) {
    const auto value = static_cast<std::int64_t>(number);
    if (value >= 0 && value < 10'000) return value < 100 ? 2 : 4;
    // One digit more than always fit, and a sign.
    return std::numeric_limits<Number>::digits10 + 2;
  }

  // These write a piece to `at`, where there is room, and return its end.
  static char* Put(char* at, std::string_view piece) {
    text_writer_internal::Copy(at, piece.data(), piece.size());
    return at + piece.size();
  }
  template <std::size_t kSize>
  static char* Put(char* at, const char (&literal)[kSize]) {
    std::memcpy(at, &literal, kSize - 1);
    return at + kSize - 1;
  }
  template <std::size_t kSize>
  static char* Put(char* at, const std::array<char, kSize>& characters) {
    std::memcpy(at, characters.data(), kSize);
    return at + kSize;
  }
  template <typename Number>
  requires kIsNumber<Number>
  static char* Put(char* at, Number number) {
    return std::to_chars(at, at + MostOf(number), number).ptr;
  }

  // Makes room for so many bytes more.
  void Grow(std::size_t bytes);

  std::string& text_;
  char* at_;
  char* end_;
};

// A number below 1000, with zeros before it: `7` is `007`.
template <std::integral Number>
std::array<char, 3> ThreeDigits(Number number) {
  const auto digit = [](Number value) {
    return static_cast<char>('0' + value % 10);
  };
  return {digit(number / 100), digit(number / 10), digit(number)};
}

}  // namespace weir

#endif  // WEIR_COMMON_TEXT_WRITER_H_
