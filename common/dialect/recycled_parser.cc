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

struct Kept {
  std::array<std::unique_ptr<simdjson::dom::parser>, 16> parsers;
  std::size_t count = 0;
};

Kept& OfThisThread() {
  thread_local Kept kept;
  return kept;
}

}  // namespace

RecycledParser::RecycledParser() {
  Kept& kept = OfThisThread();
  parser_ = kept.count > 0 ? std::move(kept.parsers[--kept.count])
                           : std::make_unique<simdjson::dom::parser>();
}

RecycledParser::~RecycledParser() {
  Kept& kept = OfThisThread();
  if (kept.count < kept.parsers.size() && parser_->capacity() <= kLargestKept) {
    kept.parsers[kept.count++] = std::move(parser_);
  }
}

}  // namespace weir::dialect
