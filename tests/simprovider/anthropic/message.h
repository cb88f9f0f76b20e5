// A reply as Anthropic's message: one object, or the events that build it up.
#ifndef WEIR_TESTS_SIMPROVIDER_ANTHROPIC_MESSAGE_H_
#define WEIR_TESTS_SIMPROVIDER_ANTHROPIC_MESSAGE_H_

#include <string>
#include <string_view>

#include "tests/simprovider/anthropic/read_ask.h"
#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/dialect/reply.h"

namespace weir::simprovider {

struct AnthropicReply {
  // What ids are made of.
  std::string digits;
  const AnthropicAsk& ask;
  Reply reply;
};

Answer MessageAnswer(const AnthropicReply& reply);

// What vouches for a thought, given its text as it is escaped for JSON.
std::string SignatureOf(std::string_view escaped_thought);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_ANTHROPIC_MESSAGE_H_
