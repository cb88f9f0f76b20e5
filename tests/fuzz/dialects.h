// All dialects, for targets that try each.
#ifndef WEIR_TESTS_FUZZ_DIALECTS_H_
#define WEIR_TESTS_FUZZ_DIALECTS_H_

#include <array>

#include "common/dialect/canonical/answer.h"
#include "common/dialect/dialect.h"

namespace weir::fuzz {

inline std::array<const dialect::Dialect*, 3> AllDialects() {
  return {&dialect::OpenAi(), &dialect::Anthropic(), &dialect::Gemini()};
}

// Of an answer to a client that wants to know all.
inline dialect::canonical::AnswerIdentity IdentityOfAnswer() {
  return {.id = "req_0123456789abcdef",
          .model = "asked \"for\"",
          .created = 1'700'000'000,
          .input_tokens = 7,
          .stream_usage = true};
}

}  // namespace weir::fuzz

#endif  // WEIR_TESTS_FUZZ_DIALECTS_H_
