// Finds members of JSON objects by their name, in bytes that come in pieces.
#ifndef WEIR_DATAPLANE_RELAY_KEY_SEARCH_H_
#define WEIR_DATAPLANE_RELAY_KEY_SEARCH_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::dataplane {

// Not thread-safe.
class KeySearch {
 public:
  // `key` with its quotes; at most 32 bytes, and outlives this.
  explicit KeySearch(std::string_view key) : key_(key) {}

  // The member has been seen, be it in the bytes before.
  bool Feed(std::string_view piece) {
    if (found_) return true;
    // Across the border, then behind it.
    tail_ += piece.substr(0, kOverlap);
    found_ = IsIn(tail_) || IsIn(piece);
    if (piece.size() >= kOverlap) {
      tail_.assign(piece.substr(piece.size() - kOverlap));
    } else if (tail_.size() > kOverlap) {
      tail_.erase(0, tail_.size() - kOverlap);
    }
    return found_;
  }

 private:
  // A name, and blanks before its colon.
  static constexpr std::size_t kOverlap = 40;

  // Inside a string its quotes would be escaped, and behind one that is a value
  // there is no colon.
  bool IsIn(std::string_view text) const {
    for (std::size_t at = text.find(key_); at != std::string_view::npos;
         at = text.find(key_, at + 1)) {
      std::string_view behind = text.substr(at + key_.size());
      behind.remove_prefix(
          std::min(behind.find_first_not_of(" \t\r\n"), behind.size()));
      if (behind.starts_with(':')) return true;
    }
    return false;
  }

  const std::string_view key_;
  // The last bytes that were fed.
  std::string tail_;
  bool found_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_KEY_SEARCH_H_
