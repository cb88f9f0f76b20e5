// The dialects by their names.
#ifndef WEIR_TESTS_SIMPROVIDER_MAKE_DIALECT_H_
#define WEIR_TESTS_SIMPROVIDER_MAKE_DIALECT_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "tests/simprovider/dialect/dialect.h"

namespace weir::simprovider {

// openai, anthropic or gemini; INVALID_ARGUMENT for any other. `name`: what the
// provider calls itself.
absl::StatusOr<std::unique_ptr<Dialect>> MakeDialect(std::string_view dialect,
                                                     std::string_view name);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_MAKE_DIALECT_H_
