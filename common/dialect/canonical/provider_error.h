// An error answer of a provider, whichever its dialect.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_PROVIDER_ERROR_H_
#define WEIR_COMMON_DIALECT_CANONICAL_PROVIDER_ERROR_H_

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"

namespace weir::dialect::canonical {

// The code of a request that is longer than the model's context, in OpenAI's
// word for it.
inline constexpr std::string_view kTooLong = "context_length_exceeded";

// What the member `error` of `answer` says, as all dialects have it and as
// compatible ones do (a string, a message without a type). Absent where there
// is none, or null.
std::optional<Failed> ErrorIn(const simdjson::dom::object& answer);

// The same from an error answer's body; its wording is kept, for clients that
// recover by it. `code` is one of weir's. Also for a body that is no JSON.
ApiError ErrorOfBody(int status, std::string_view body);

// An error in a stream, as the client is told.
ApiError ErrorOfEvent(const Failed& failed);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_PROVIDER_ERROR_H_
