// Errors as OpenAI's APIs give them.
#ifndef WEIR_COMMON_DIALECT_OPENAI_OPENAI_ERROR_H_
#define WEIR_COMMON_DIALECT_OPENAI_OPENAI_ERROR_H_

#include <string>

#include "common/dialect/api_error.h"

namespace weir::dialect {

// The object called `error`.
std::string OpenAiErrorObject(const ApiError& error);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_OPENAI_ERROR_H_
