#include "common/text_writer.h"

#include <algorithm>
#include <cstddef>

namespace weir {
namespace {

// Most heads are smaller.
constexpr std::size_t kFirstRoom = 480;

}  // namespace

void TextWriter::Grow(std::size_t bytes) {
  const std::size_t written = size();
  text_.resize(std::max({kFirstRoom, text_.capacity(), written + bytes}));
  at_ = text_.data() + written;
  end_ = text_.data() + text_.size();
}

}  // namespace weir
