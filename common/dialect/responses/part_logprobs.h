// Log probabilities of a text that comes in pieces.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_PART_LOGPROBS_H_
#define WEIR_COMMON_DIALECT_RESPONSES_PART_LOGPROBS_H_

#include <string>
#include <string_view>

#include "common/dialect/canonical/logprobs.h"

namespace weir::dialect {

// A JSON list, empty where `logprobs` is null.
std::string LogprobList(const canonical::Logprobs* logprobs);

// Puts the items of `more` behind those of `list`; both are JSON lists.
void JoinLists(std::string_view more, std::string& list);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_PART_LOGPROBS_H_
