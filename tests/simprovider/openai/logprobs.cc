#include "tests/simprovider/openai/logprobs.h"

#include <cstddef>

#include "bench/text/text.h"
#include "tests/simprovider/dialect/likelihood.h"

namespace weir::simprovider {
namespace {

// Of what is said, quotes and backslashes alone are escaped.
std::string BytesOf(std::string_view escaped) {
  std::string list;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] == '\\' && i + 1 < escaped.size()) ++i;
    text::Append(list, list.empty() ? "" : ",",
                 static_cast<int>(static_cast<unsigned char>(escaped[i])));
  }
  return list;
}

std::string Members(const LikelyToken& token) {
  return text::Cat(R"("token":")", token.escaped, R"(","logprob":)",
                   token.logprob, R"(,"bytes":[)", BytesOf(token.escaped), "]");
}

}  // namespace

std::string LogprobOf(std::string_view escaped_token,
                      std::int64_t alternatives) {
  std::string top;
  for (const LikelyToken& token : LikelyTokens(escaped_token, alternatives)) {
    text::Append(top, top.empty() ? "{" : ",{", Members(token), "}");
  }
  return text::Cat("{", Members(Chosen(escaped_token)), R"(,"top_logprobs":[)",
                   top, "]}");
}

std::string LogprobsOf(const Speech& speech, std::int64_t alternatives) {
  std::string list;
  for (std::size_t i = 0; i < speech.size(); ++i) {
    text::Append(list, i == 0 ? "" : ",",
                 LogprobOf(speech.Token(i), alternatives));
  }
  return list;
}

}  // namespace weir::simprovider
