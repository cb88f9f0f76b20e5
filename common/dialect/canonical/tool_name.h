// What APIs take for a tool's name.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_TOOL_NAME_H_
#define WEIR_COMMON_DIALECT_CANONICAL_TOOL_NAME_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

// Letters and digits of ASCII, lines, and what the API takes beside them.
struct NameRule {
  // A letter includes `_`.
  enum class First { kAny, kLetter };

  std::size_t longest = 64;
  std::string_view more = {};
  First first = First::kAny;
};

bool TakesName(const NameRule& rule, std::string_view name);

// 400 not_translatable for the first of the tools whose name the API of
// `vendor`
// (`OpenAI's`) does not take.
std::optional<ApiError> RefuseNames(const Request& request,
                                    const NameRule& rule,
                                    std::string_view vendor);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_TOOL_NAME_H_
