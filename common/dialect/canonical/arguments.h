// A tool call's arguments: JSON that comes in parts.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_ARGUMENTS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_ARGUMENTS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace weir::dialect::canonical {

// Sees where an object ends, without looking whether it is a good one.
class ArgumentsProgress {
 public:
  // The next part.
  void Feed(std::string_view json);

  // The bracket that was opened first is closed.
  bool whole() const { return begun_ && depth_ == 0; }

 private:
  bool begun_ = false;
  bool in_string_ = false;
  // Behind a backslash.
  bool escaped_ = false;
  int depth_ = 0;
};

// The object that `json` is, on one line; `{}` where it is empty.
// INVALID_ARGUMENT: it is no JSON object.
absl::StatusOr<std::string> ArgumentsObject(std::string_view json);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_ARGUMENTS_H_
