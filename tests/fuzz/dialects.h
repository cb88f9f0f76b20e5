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

// How clients ask: each dialect's own way, and OpenAI's other one. `dialect`
// has the errors.
struct Asker {
  const dialect::ClientApi* api;
  const dialect::Dialect* dialect;
};
inline std::array<Asker, 4> AllAskers() {
  return {{{&dialect::OpenAi(), &dialect::OpenAi()},
           {&dialect::OpenAiResponses(), &dialect::OpenAi()},
           {&dialect::Anthropic(), &dialect::Anthropic()},
           {&dialect::Gemini(), &dialect::Gemini()}}};
}

// Of an answer to a client that wants to know all.
inline dialect::canonical::AnswerIdentity IdentityOfAnswer() {
  return {.id = "req_0123456789abcdef",
          .model = "asked \"for\"",
          .created = 1'700'000'000,
          .input_tokens = 7,
          .stream_usage = true,
          .wants_sealed_thoughts = true,
          .renamed_tools = {{"apply_patch", "apply_patch", "", true},
                            {"docs__search", "search", "docs"}}};
}

}  // namespace weir::fuzz

#endif  // WEIR_TESTS_FUZZ_DIALECTS_H_
