// How likely the simulated model held what it says to be.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_LOGPROBS_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_LOGPROBS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simprovider/dialect/speech.h"

namespace weir::simprovider {

// The entry of one token, with so many alternatives.
std::string LogprobOf(std::string_view escaped_token,
                      std::int64_t alternatives);

// Those of all of it, with commas between them.
std::string LogprobsOf(const Speech& speech, std::int64_t alternatives);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_LOGPROBS_H_
