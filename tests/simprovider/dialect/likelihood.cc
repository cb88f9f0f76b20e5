#include "tests/simprovider/dialect/likelihood.h"

#include "bench/text/text.h"

namespace weir::simprovider {

LikelyToken Chosen(std::string_view escaped_token) {
  return {std::string(escaped_token), "-0.25"};
}

std::vector<LikelyToken> LikelyTokens(std::string_view escaped_token,
                                      std::int64_t count) {
  std::vector<LikelyToken> tokens;
  if (count > 0) tokens.push_back(Chosen(escaped_token));
  for (std::int64_t i = 1; i < count; ++i) {
    tokens.push_back({text::Cat(" other", i), "-2.5"});
  }
  return tokens;
}

}  // namespace weir::simprovider
