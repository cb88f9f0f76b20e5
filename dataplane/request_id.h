// A name for one request.
#ifndef WEIR_DATAPLANE_REQUEST_ID_H_
#define WEIR_DATAPLANE_REQUEST_ID_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/random.h"

namespace weir::dataplane {

// `req_` and 32 hexadecimal digits of chance: unique over all nodes without
// asking anybody.
class RequestId {
 public:
  RequestId() = default;
  // At most 36 characters.
  explicit RequestId(std::string_view text)
      : size_(std::min(text.size(), text_.size())) {
    std::copy_n(text.begin(), size_, text_.begin());
  }
  explicit RequestId(Random& random) : RequestId("req_") {
    char* to = text_.data() + size_;
    for (int word = 0; word < 2; ++word) {
      std::uint64_t bits = random.Bits();
      for (int i = 0; i < 8; ++i, bits >>= 8) {
        to = std::copy_n(kHex[bits & 0xff].begin(), 2, to);
      }
    }
    size_ = text_.size();
  }

  std::string_view text() const { return {text_.data(), size_}; }

 private:
  // Both digits of a byte at once: every request has sixteen.
  static constexpr auto kHex = [] {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs[i] = {kDigits[i & 15], kDigits[i >> 4]};
    }
    return pairs;
  }();

  // In place: a string of this size would be an allocation for each request.
  std::array<char, 36> text_;
  std::size_t size_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_REQUEST_ID_H_
