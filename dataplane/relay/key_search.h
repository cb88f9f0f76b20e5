// Finds members of JSON objects by their name, in bytes that come in pieces.
#ifndef WEIR_DATAPLANE_RELAY_KEY_SEARCH_H_
#define WEIR_DATAPLANE_RELAY_KEY_SEARCH_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::dataplane {

// Not thread-safe.
class KeySearch {
 public:
  // `key` with its quotes; outlives this.
  explicit KeySearch(std::string_view key) : key_(key) {}

  // The member has been seen, be it in the bytes before.
  bool Feed(std::string_view piece) {
    if (found_) return true;
    if (behind_name_) LookBehindName(piece);
    // Across the border, where neither side has room for a name, then behind
    // it.
    const std::size_t before = tail_.size();
    tail_ += piece.substr(0, key_.size() - 1);
    if (const std::size_t at = tail_.find(key_); at != std::string::npos) {
      LookBehindName(piece.substr(at + key_.size() - before));
    }
    for (std::size_t at = piece.find(key_);
         at != std::string_view::npos && !found_;
         at = piece.find(key_, at + 1)) {
      LookBehindName(piece.substr(at + key_.size()));
    }
    const std::size_t kept = key_.size() - 1;
    if (piece.size() >= kept) {
      tail_.assign(piece.substr(piece.size() - kept));
    } else if (tail_.size() > kept) {
      tail_.erase(0, tail_.size() - kept);
    }
    return found_;
  }

 private:
  // Inside a string its quotes would be escaped, and behind one that is a value
  // there is no colon.
  void LookBehindName(std::string_view text) {
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    behind_name_ = at == std::string_view::npos;
    found_ = found_ || (!behind_name_ && text[at] == ':');
  }

  const std::string_view key_;
  // The last bytes that were fed: less than a name.
  std::string tail_;
  // The name has come, and nothing but blanks since.
  bool behind_name_ = false;
  bool found_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_KEY_SEARCH_H_
