// How likely a model held the tokens of its answer to be.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_LOGPROBS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_LOGPROBS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace weir::dialect::canonical {

// More alternatives to a token than this no API gives.
inline constexpr std::uint64_t kMaxAlternatives = 20;

struct LikelyToken {
  // As text; of a token that is a part of a letter, what the provider shows.
  std::string token = {};
  // The token itself.
  std::string bytes = {};
  // Natural logarithm of the probability; never above 0 but for rounding.
  double logprob = 0;
};

// A token of the answer, and what else might have stood in its place.
struct ChosenToken {
  LikelyToken chosen = {};
  // The likeliest first; may hold the chosen one. Empty where the client asked
  // for none.
  std::vector<LikelyToken> likeliest = {};
};

// In their order. Owns its text: few clients ask for it.
using Logprobs = std::vector<ChosenToken>;

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_LOGPROBS_H_
