#include "common/dialect/canonical/arguments.h"

#include <simdjson.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/dialect/recycled_parser.h"

namespace weir::dialect::canonical {

void ArgumentsProgress::Feed(std::string_view json) {
  for (const char c : json) {
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      begun_ = true;
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }
}

absl::StatusOr<std::string> ArgumentsObject(std::string_view json) {
  if (json.empty()) return std::string("{}");
  RecycledParser parser;
  simdjson::dom::object arguments;
  if (parser->parse(json.data(), json.size()).get(arguments)) {
    return absl::InvalidArgumentError("tool arguments that are no JSON object");
  }
  return simdjson::minify(arguments);
}

}  // namespace weir::dialect::canonical
