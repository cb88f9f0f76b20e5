// The way back: a generateContent request.
#ifndef WEIR_COMMON_DIALECT_GEMINI_WRITE_GENERATE_REQUEST_H_
#define WEIR_COMMON_DIALECT_GEMINI_WRITE_GENERATE_REQUEST_H_

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"

namespace weir::dialect {

// 400 not_translatable with the path where this API can't say something.
canonical::WriteResult WriteGenerateRequest(
    const canonical::Request& request, const canonical::WriteTarget& target);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_WRITE_GENERATE_REQUEST_H_
