// Gemini's API names the model in the path.
#ifndef WEIR_COMMON_DIALECT_GEMINI_MODEL_PATH_H_
#define WEIR_COMMON_DIALECT_GEMINI_MODEL_PATH_H_

#include <string>
#include <string_view>

namespace weir::dialect {

// `/models/NAME`; a name that brings its collection (`models/x`,
// `tunedModels/x`) keeps it. What a path can't hold is escaped.
std::string GeminiModelPath(std::string_view upstream_model);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_MODEL_PATH_H_
