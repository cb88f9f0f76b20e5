#include "tests/simprovider/make_dialect.h"

#include "absl/status/status.h"
#include "bench/text/text.h"
#include "tests/simprovider/anthropic/anthropic.h"
#include "tests/simprovider/gemini/gemini.h"
#include "tests/simprovider/openai/openai.h"

namespace weir::simprovider {

absl::StatusOr<std::unique_ptr<Dialect>> MakeDialect(std::string_view dialect,
                                                     std::string_view name) {
  if (dialect == "openai") return std::make_unique<OpenAi>(name);
  if (dialect == "anthropic") return std::make_unique<Anthropic>(name);
  if (dialect == "gemini") return std::make_unique<Gemini>(name);
  return absl::InvalidArgumentError(text::Cat(
      "dialect '", dialect, "' is not one of openai, anthropic and gemini"));
}

}  // namespace weir::simprovider
