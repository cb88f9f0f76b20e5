// Text of a bounded length, kept in place.
#ifndef WEIR_COMMON_SHORT_TEXT_H_
#define WEIR_COMMON_SHORT_TEXT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

// Holds the first `kCapacity` bytes of what it is given. Without a constructor,
// so that whoever has an array of them pays for those that are used.
template <std::size_t kCapacity>
class ShortText {
  static_assert(kCapacity <= 255);

 public:
  void Set(std::string_view text) {
    size_ = static_cast<std::uint8_t>(std::min(text.size(), kCapacity));
    std::copy_n(text.data(), size_, bytes_);
  }
  // Good for as long as this. REQUIRES: Set() was called.
  std::string_view view() const { return {bytes_, size_}; }

 private:
  std::uint8_t size_;
  char bytes_[kCapacity];
};

}  // namespace weir

#endif  // WEIR_COMMON_SHORT_TEXT_H_
