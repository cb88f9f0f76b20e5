// The turns of a generateContent request.
#ifndef WEIR_COMMON_DIALECT_GEMINI_WRITE_CONTENTS_H_
#define WEIR_COMMON_DIALECT_GEMINI_WRITE_CONTENTS_H_

#include <optional>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// What to do where a call that another vendor's model made is not signed.
enum class MissingSignatures {
  kLeave,
  // Models that insist on one take this word instead, as ai.google.dev's page
  // on thought signatures says.
  kWaive,
};

// Writes the array, and notes in `written` what is left out. 400
// not_translatable, with the path, where this API can't say something.
std::optional<ApiError> WriteContents(const canonical::Request& request,
                                      MissingSignatures missing,
                                      canonical::WrittenRequest& written,
                                      JsonWriter& json);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_WRITE_CONTENTS_H_
