#include "common/dialect/canonical/tool_name.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"

namespace weir::dialect::canonical {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

bool TakesName(const NameRule& rule, std::string_view name) {
  if (name.empty() || name.size() > rule.longest) return false;
  if (rule.first == NameRule::First::kLetter && !IsLetter(name[0])) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [&rule](char c) {
    return IsLetter(c) || (c >= '0' && c <= '9') || c == '-' ||
           rule.more.find(c) != std::string_view::npos;
  });
}

std::optional<ApiError> RefuseNames(const Request& request,
                                    const NameRule& rule,
                                    std::string_view vendor) {
  for (const Tool& tool : request.tools) {
    // Most names need no second look.
    if (tool.odd_name_path.empty() || TakesName(rule, tool.name)) continue;
    return CannotSay(tool.odd_name_path,
                     Concat("has a name that ", vendor, " API does not take"));
  }
  return std::nullopt;
}

}  // namespace weir::dialect::canonical
