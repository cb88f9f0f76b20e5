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
    for (int word = 0; word < 2; ++word) {
      std::uint64_t bits = random.Bits();
      for (int i = 0; i < 16; ++i, bits >>= 4) {
        text_[size_++] = "0123456789abcdef"[bits & 15];
      }
    }
  }

  std::string_view text() const { return {text_.data(), size_}; }

 private:
  // In place: a string of this size would be an allocation for each request.
  std::array<char, 36> text_;
  std::size_t size_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_REQUEST_ID_H_
