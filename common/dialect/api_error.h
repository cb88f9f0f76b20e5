// A failure that weir itself reports to a client.
#ifndef WEIR_COMMON_DIALECT_API_ERROR_H_
#define WEIR_COMMON_DIALECT_API_ERROR_H_

#include <string>
#include <string_view>

namespace weir::dialect {

struct ApiError {
  int status;  // HTTP, 400 to 599.
  // Stable and documented, in snake_case: model_not_found.
  std::string_view code;
  // For a person; may quote what the client sent.
  std::string message;
  // The request field at fault, where it has a fixed name; empty for none.
  std::string_view param = {};
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_API_ERROR_H_
