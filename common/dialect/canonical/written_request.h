// A request in one API's words, and what its writers do alike.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_WRITTEN_REQUEST_H_
#define WEIR_COMMON_DIALECT_CANONICAL_WRITTEN_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

// Where a request goes.
struct WriteTarget {
  // The provider's name of the model.
  std::string_view model;
  // Tokens that an answer may have where the client set no limit and the API
  // wants one.
  std::optional<std::uint64_t> max_output_tokens = std::nullopt;
};

struct WrittenRequest {
  // With room for a small one, which then grows no more.
  WrittenRequest() { body.reserve(1024); }

  std::string body;
  // What the API can't say and the answer does not depend on; constants, each
  // once.
  std::vector<std::string_view> dropped;
};

using WriteResult = std::variant<WrittenRequest, ApiError>;

// Notes that `name`, a constant, is left out.
void Drop(std::string_view name, WrittenRequest& written);

// `path` asks for what the API can't say: 400 not_translatable.
ApiError CannotSay(std::string_view path, std::string_view why);

// Turns of one role that follow each other are one. Parts belong to `request`.
struct Turn {
  Role role;
  absl::InlinedVector<const Part*, 4> parts;
};
using Turns = absl::InlinedVector<Turn, 4>;
Turns TurnsOf(const Request& request);

// A call of the history has no tool to stand for; the first of its name.
std::vector<std::string_view> CallsWithoutTool(const Request& request);

// Tokens to think with, from the caller's word where it set no number. Absent:
// it is not to think.
std::optional<std::uint64_t> ThinkingBudget(const Reasoning& reasoning);

// The word nearest to what the caller said; `none` for not to think.
std::string_view ThinkingEffort(const Reasoning& reasoning);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_WRITTEN_REQUEST_H_
