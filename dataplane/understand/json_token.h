// The grammar of JSON's scalars, RFC 8259 sections 3, 6 and 7.
#ifndef WEIR_DATAPLANE_UNDERSTAND_JSON_TOKEN_H_
#define WEIR_DATAPLANE_UNDERSTAND_JSON_TOKEN_H_

#include <string>
#include <string_view>

namespace weir::dataplane {

// `text` without the white space behind it; there is little.
inline std::string_view TrimToken(std::string_view text) {
  const auto is_blank = [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  };
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether the escapes between the quotes of a string are legal ones. That its
// bytes are UTF-8 without control characters is not looked at.
bool HasValidEscapes(std::string_view text);

// A string's text from between its quotes. A surrogate without its partner
// becomes U+FFFD. REQUIRES: HasValidEscapes(text).
std::string Unescape(std::string_view text);

bool IsNumber(std::string_view text);

// true, false, null or a number.
bool IsScalar(std::string_view text);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_JSON_TOKEN_H_
