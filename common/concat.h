// Text put together from pieces.
//
// Debian builds Abseil with a string_view of its own, which absl::StrCat takes
// and std::string_view is not; and on the request path this is one append a
// piece.
#ifndef WEIR_COMMON_CONCAT_H_
#define WEIR_COMMON_CONCAT_H_

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace weir {

namespace concat_internal {

inline void AppendPiece(std::string& out, std::string_view piece) {
  out.append(piece);
}

// Numbers; what reads as a character or a truth is not one.
template <std::integral Number>
requires(!std::same_as<Number, char> &&
         !std::same_as<Number, bool>) void AppendPiece(std::string& out,
                                                       Number number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace concat_internal

// Appends strings and integers to `out`.
template <typename... Pieces>
void Append(std::string& out, const Pieces&... pieces) {
  (concat_internal::AppendPiece(out, pieces), ...);
}

template <typename... Pieces>
std::string Concat(const Pieces&... pieces) {
  std::string out;
  Append(out, pieces...);
  return out;
}

}  // namespace weir

#endif  // WEIR_COMMON_CONCAT_H_
