// A name for one request.
#ifndef WEIR_DATAPLANE_REQUEST_ID_H_
#define WEIR_DATAPLANE_REQUEST_ID_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
      const std::uint64_t bits = random.Bits();
      // Of chance, so it does not matter which digit comes first.
      Append(Digits(bits & kLowHalves));
      Append(Digits((bits >> 4) & kLowHalves));
    }
  }

  std::string_view text() const { return {text_.data(), size_}; }

 private:
  static constexpr std::uint64_t kEach = 0x0101'0101'0101'0101;
  static constexpr std::uint64_t kLowHalves = 0x0f * kEach;

  // Eight digits at once, each in a byte, of eight bytes below 16.
  static constexpr std::uint64_t Digits(std::uint64_t bytes) {
    const std::uint64_t letters = ((bytes + 6 * kEach) >> 4) & kEach;
    return bytes + '0' * kEach + letters * ('a' - '9' - 1);
  }
  void Append(std::uint64_t digits) {
    std::memcpy(text_.data() + size_, &digits, sizeof(digits));
    size_ += sizeof(digits);
  }

  // In place: a string of this size would be an allocation for each request.
  std::array<char, 36> text_;
  std::size_t size_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_REQUEST_ID_H_
