// How likely a simulated model holds its words to be: the same each time.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_LIKELIHOOD_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_LIKELIHOOD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simprovider {

struct LikelyToken {
  // As it stands in JSON.
  std::string escaped;
  // A JSON number.
  std::string_view logprob;
};

LikelyToken Chosen(std::string_view escaped_token);

// The likeliest first: the chosen one, and others that were not said.
std::vector<LikelyToken> LikelyTokens(std::string_view escaped_token,
                                      std::int64_t count);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_LIKELIHOOD_H_
