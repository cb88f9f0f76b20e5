// A request of the Responses API, in the form that all dialects share.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_READ_RESPONSES_REQUEST_H_
#define WEIR_COMMON_DIALECT_RESPONSES_READ_RESPONSES_REQUEST_H_

#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect {

// 400 invalid_request, with the path, where something is malformed or no other
// API has it.
std::variant<canonical::Request, ApiError> ReadResponsesRequest(
    std::string_view body, bool stream);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_READ_RESPONSES_REQUEST_H_
