#include "dataplane/understand/json_structure.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace weir::dataplane {
namespace {

// Small texts share one size, so that the first few requests settle it.
constexpr std::size_t kLeastCapacity = std::size_t{16} << 10;

}  // namespace

std::variant<JsonStructure::Tokens, simdjson::error_code> JsonStructure::Find(
    std::string_view text) {
  if (stage_ == nullptr || stage_->capacity() < text.size()) {
    const std::size_t capacity = std::max(text.size(), kLeastCapacity);
    // The depth is the second stage's concern.
    const auto error =
        simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, /*max_depth=*/1, stage_);
    if (error) return error;
  }
  const auto error =
      stage_->stage1(reinterpret_cast<const std::uint8_t*>(text.data()),
                     text.size(), simdjson::stage1_mode::regular);
  if (error) return error;
  return Tokens(stage_->structural_indexes.get(), stage_->n_structural_indexes);
}

}  // namespace weir::dataplane
