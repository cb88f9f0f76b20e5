// What absl/strings offers, for std::string_view: Debian's Abseil has a
// string_view of its own, which the standard one does not convert to.
#ifndef WEIR_BENCH_TEXT_TEXT_H_
#define WEIR_BENCH_TEXT_TEXT_H_

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/strings/string_view.h"

namespace weir::text {

struct Hex {
  std::uint64_t number;
  int digits = 1;  // At least so many, at most 16.
};

// A string or a number on its way into a text. Refers to its argument.
class Piece {
 public:
  // What Cat() is called with becomes a Piece by itself: that is its use.
  // NOLINTBEGIN(google-explicit-constructor)
  Piece(std::string_view text) : text_(text) {}
  Piece(const std::string& text) : text_(text) {}
  Piece(const char* text) : text_(text) {}
  Piece(absl::string_view text) : text_(text.data(), text.size()) {}
  template <typename Number>
  requires std::integral<Number> || std::floating_point<Number> Piece(
      Number number) {
    text_ = {
        digits_.data(),
        std::to_chars(digits_.data(), digits_.data() + digits_.size(), number)
            .ptr};
  }
  Piece(Hex hex);
  // NOLINTEND(google-explicit-constructor)
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::array<char, 32> digits_;
};

template <typename... Pieces>
void Append(std::string& out, const Pieces&... pieces) {
  (out.append(Piece(pieces).text()), ...);
}

std::string CatPieces(std::initializer_list<Piece> pieces);

// One allocation at most.
template <typename... Pieces>
std::string Cat(const Pieces&... pieces) {
  return CatPieces({Piece(pieces)...});
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::string ToLower(std::string_view text);
// Without the blanks and tabs at both ends.
std::string_view Strip(std::string_view text);
// Whether `text` began so; takes it away if it did.
bool ConsumePrefix(std::string_view& text, std::string_view prefix);
// Parts between separators, empty ones left out.
std::vector<std::string_view> Split(std::string_view text, char separator);

// nullopt unless all of `text` is a number that fits.
template <std::integral Number>
std::optional<Number> ParseInteger(std::string_view text, int base = 10) {
  Number number;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || parsed != end) return std::nullopt;
  return number;
}

}  // namespace weir::text

#endif  // WEIR_BENCH_TEXT_TEXT_H_
