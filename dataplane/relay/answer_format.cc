#include "dataplane/relay/answer_format.h"

#include "common/dialect/dialect.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

// `of_openai`: of OpenAI's two forms.
AnswerFormat FormatOfChat(const dialect::Dialect& dialect,
                          AnswerFormat of_openai) {
  if (&dialect == &dialect::Anthropic()) return AnswerFormat::kMessages;
  if (&dialect == &dialect::Gemini()) return AnswerFormat::kGenerate;
  return of_openai;
}

}  // namespace

AnswerFormat FormatOf(Endpoint endpoint, const dialect::Dialect& dialect) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
    case Endpoint::kMessages:
    case Endpoint::kGenerateContent:
    case Endpoint::kStreamGenerateContent:
      return FormatOfChat(dialect, AnswerFormat::kChat);
    case Endpoint::kCompletions:
      return AnswerFormat::kCompletions;
    case Endpoint::kResponses:
      return FormatOfChat(dialect, AnswerFormat::kResponses);
    case Endpoint::kEmbeddings:
      return AnswerFormat::kEmbeddings;
    default:
      return AnswerFormat::kOpaque;
  }
}

}  // namespace weir::dataplane
