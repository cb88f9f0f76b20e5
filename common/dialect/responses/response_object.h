// The object that a response is, from its first event to its last.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_OBJECT_H_
#define WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_OBJECT_H_

#include <span>
#include <string_view>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/responses/response_item.h"

namespace weir::dialect {

// Refers to what its maker has.
struct ResponseObject {
  const canonical::AnswerIdentity& identity;
  std::string_view id;
  ResponseStatus status;
  // Why it is incomplete, if it is.
  canonical::FinishReason reason;
  std::span<const ResponseItem> items;
  // Null unless it failed.
  const ApiError* error;
  // Null before the end.
  const canonical::Usage* usage;
};

void WriteResponse(const ResponseObject& response, JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_OBJECT_H_
