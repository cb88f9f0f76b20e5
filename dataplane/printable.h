// Text that may hold what a provider or a client sent, for a message.
#ifndef WEIR_DATAPLANE_PRINTABLE_H_
#define WEIR_DATAPLANE_PRINTABLE_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::dataplane {

// The first 256 bytes as printable ASCII: a string field of protobuf must be
// UTF-8, and operators read it in terminals.
inline std::string Printable(std::string_view text) {
  constexpr std::size_t kMaxBytes = 256;
  std::string result(text.substr(0, kMaxBytes));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; },
      '?');
  return result;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PRINTABLE_H_
