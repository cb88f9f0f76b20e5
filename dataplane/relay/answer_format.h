// What a provider's answer is written in.
#ifndef WEIR_DATAPLANE_RELAY_ANSWER_FORMAT_H_
#define WEIR_DATAPLANE_RELAY_ANSWER_FORMAT_H_

#include <cstdint>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"

namespace weir::dataplane {

enum class AnswerFormat : std::uint8_t {
  kChat,         // OpenAI's.
  kCompletions,  // OpenAI's.
  kResponses,    // OpenAI's.
  kEmbeddings,   // OpenAI's.
  kMessages,     // Anthropic's.
  kGenerate,     // Gemini's.
  // Bytes that are none of weir's business.
  kOpaque,
};

// How a provider that speaks `dialect` answers what was asked at `endpoint`, in
// its own words or in those of another dialect. Pure.
AnswerFormat FormatOf(Endpoint endpoint, const dialect::Dialect& dialect);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_ANSWER_FORMAT_H_
