// A generateContent request, in the form that all dialects share.
#ifndef WEIR_COMMON_DIALECT_GEMINI_READ_GENERATE_REQUEST_H_
#define WEIR_COMMON_DIALECT_GEMINI_READ_GENERATE_REQUEST_H_

#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// 400 invalid_request, with the path, where something is malformed or no other
// API has it.
std::variant<canonical::Request, ApiError> ReadGenerateRequest(
    std::string_view body, bool stream);

// The same of a countTokens request: what it counts is a request, or the
// contents of one.
std::variant<canonical::Request, ApiError> ReadGenerateCount(
    std::string_view body);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_READ_GENERATE_REQUEST_H_
