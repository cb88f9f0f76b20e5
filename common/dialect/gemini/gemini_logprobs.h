// Log probabilities as Gemini's candidates have them.
#ifndef WEIR_COMMON_DIALECT_GEMINI_GEMINI_LOGPROBS_H_
#define WEIR_COMMON_DIALECT_GEMINI_GEMINI_LOGPROBS_H_

#include <simdjson.h>

#include <cstddef>
#include <span>
#include <string>

#include "common/dialect/canonical/logprobs.h"

namespace weir::dialect {

// What a `logprobsResult` says.
canonical::Logprobs ReadLogprobsResult(const simdjson::dom::object& result);

// Adds `,"logprobsResult":{...}`, members of an open candidate; nothing where
// there are no tokens. Tokens have no `tokenId`: other vendors number theirs
// otherwise, or not at all.
void AppendLogprobsResult(std::span<const canonical::Logprobs* const> logprobs,
                          std::string& out);

// The mean over an answer, of which a candidate's end tells.
class MeanLogprob {
 public:
  void Add(const canonical::Logprobs& logprobs);
  // Adds `,"avgLogprobs":-0.5`; nothing where there were no tokens.
  void AppendTo(std::string& out) const;

 private:
  double sum_ = 0;
  std::size_t tokens_ = 0;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_GEMINI_LOGPROBS_H_
