// Replies in the shapes of OpenAI's endpoints.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_ANSWERS_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_ANSWERS_H_

#include <simdjson.h>

#include <cstdint>
#include <string>

#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/reply.h"
#include "tests/simprovider/openai/read_ask.h"

namespace weir::simprovider {

struct OpenAiReply {
  // Without the prefix that says of what kind it is.
  std::string id;
  std::int64_t unix_seconds;
  const OpenAiAsk& ask;
  Reply reply;
  CallOrder call_order = CallOrder::kInTurn;
  FailureForm failure_form = FailureForm::kError;
};

Answer ChatAnswer(const OpenAiReply& reply);
Answer CompletionAnswer(const OpenAiReply& reply);
Answer ResponsesAnswer(const OpenAiReply& reply);
Answer EmbeddingsAnswer(simdjson::dom::element request, const OpenAiAsk& ask);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_ANSWERS_H_
