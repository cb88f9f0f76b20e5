// A string whose memory the next one on the same thread takes over.
#ifndef WEIR_COMMON_RECYCLED_TEXT_H_
#define WEIR_COMMON_RECYCLED_TEXT_H_

#include <cstddef>
#include <string>
#include <utility>

namespace weir {

// For texts of a kilobyte and more, one after the other: to allocate and to
// free one of these takes longer than to fill it. What a thread keeps is below
// half a megabyte. Not thread-safe; may end on another thread than it began
// on.
class RecycledText {
 public:
  // Empty, without memory.
  RecycledText() = default;
  explicit RecycledText(std::string text) : text_(std::move(text)) {}
  // Empty, with room for `bytes`.
  static RecycledText WithRoom(std::size_t bytes);

  RecycledText(RecycledText&&) = default;
  RecycledText& operator=(RecycledText&&) = default;
  ~RecycledText() {
    if (text_.capacity() > kSmall) GiveBack();
  }

  std::string& operator*() { return text_; }
  const std::string& operator*() const { return text_; }

 private:
  // These cost little, or are no memory at all.
  static constexpr std::size_t kSmall = 512;

  void GiveBack();

  std::string text_;
};

}  // namespace weir

#endif  // WEIR_COMMON_RECYCLED_TEXT_H_
