#include "common/dialect/dialect.h"

namespace weir::dialect {

const Dialect* Find(weir::config::v1::Dialect dialect) {
  switch (dialect) {
    case config::v1::DIALECT_UNSPECIFIED:
    case config::v1::DIALECT_OPENAI:
      return &OpenAi();
    case config::v1::DIALECT_ANTHROPIC:
      return &Anthropic();
    case config::v1::DIALECT_GEMINI:
      return &Gemini();
    default:
      return nullptr;
  }
}

}  // namespace weir::dialect
