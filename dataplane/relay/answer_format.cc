#include "dataplane/relay/answer_format.h"

#include "common/dialect/dialect.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

AnswerFormat FormatOfChat(const dialect::Dialect& dialect) {
  if (&dialect == &dialect::Anthropic()) return AnswerFormat::kMessages;
  if (&dialect == &dialect::Gemini()) return AnswerFormat::kGenerate;
  return AnswerFormat::kChat;
}

}  // namespace

AnswerFormat FormatOf(Endpoint endpoint, const dialect::Dialect& dialect) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
    case Endpoint::kMessages:
    case Endpoint::kGenerateContent:
    case Endpoint::kStreamGenerateContent:
      return FormatOfChat(dialect);
    case Endpoint::kCompletions:
      return AnswerFormat::kCompletions;
    case Endpoint::kResponses:
      return AnswerFormat::kResponses;
    case Endpoint::kEmbeddings:
      return AnswerFormat::kEmbeddings;
    default:
      return AnswerFormat::kOpaque;
  }
}

}  // namespace weir::dataplane
