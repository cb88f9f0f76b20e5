// A reply as Gemini's GenerateContentResponse: one, or a stream of them.
#ifndef WEIR_TESTS_SIMPROVIDER_GEMINI_CONTENT_H_
#define WEIR_TESTS_SIMPROVIDER_GEMINI_CONTENT_H_

#include <string>
#include <string_view>

#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/dialect/reply.h"
#include "tests/simprovider/gemini/read_ask.h"

namespace weir::simprovider {

struct GeminiReply {
  std::string id;
  const GeminiAsk& ask;
  Reply reply;
};

enum class Form {
  kWhole,
  kEvents,  // Server-sent events.
  kArray,   // A JSON array that grows.
};

Answer ContentAnswer(const GeminiReply& reply, Form form);

// What vouches for a call of the tool of this name that followed a thought.
std::string SignatureOfCall(std::string_view name);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_GEMINI_CONTENT_H_
