#include "common/dialect/recycled_parser.h"

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace weir::dialect {
namespace {

// A parser has some fifteen bytes for each of the largest text that it met:
// what a thread keeps is below 8 MiB.
constexpr std::size_t kLargestKept = std::size_t{32} << 10;
constexpr std::size_t kMostKept = std::size_t{512} << 10;

struct Kept {
  // As many as a worker has translated requests in flight when it is busy.
  std::array<std::unique_ptr<simdjson::dom::parser>, 256> parsers;
  std::size_t count = 0;
  // Of all of them.
  std::size_t capacity = 0;
};

Kept& OfThisThread() {
  thread_local Kept kept;
  return kept;
}

}  // namespace

RecycledParser::RecycledParser() {
  Kept& kept = OfThisThread();
  if (kept.count == 0) {
    parser_ = std::make_unique<simdjson::dom::parser>();
    return;
  }
  parser_ = std::move(kept.parsers[--kept.count]);
  kept.capacity -= parser_->capacity();
}

RecycledParser::~RecycledParser() {
  Kept& kept = OfThisThread();
  const std::size_t capacity = parser_->capacity();
  if (kept.count == kept.parsers.size() || capacity > kLargestKept ||
      kept.capacity + capacity > kMostKept) {
    return;
  }
  kept.parsers[kept.count++] = std::move(parser_);
  kept.capacity += capacity;
}

}  // namespace weir::dialect
