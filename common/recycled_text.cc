#include "common/recycled_text.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace weir {
namespace {

constexpr std::size_t kLargestKept = std::size_t{32} << 10;

struct Kept {
  std::array<std::string, 16> texts;
  std::size_t count = 0;
};

Kept& OfThisThread() {
  thread_local Kept kept;
  return kept;
}

}  // namespace

RecycledText RecycledText::WithRoom(std::size_t bytes) {
  Kept& kept = OfThisThread();
  RecycledText result;
  if (kept.count > 0) result.text_ = std::move(kept.texts[--kept.count]);
  result.text_.reserve(bytes);
  return result;
}

void RecycledText::GiveBack() {
  Kept& kept = OfThisThread();
  if (kept.count == kept.texts.size() || text_.capacity() > kLargestKept) {
    return;
  }
  text_.clear();
  kept.texts[kept.count++] = std::move(text_);
}

}  // namespace weir
