// What readers of answers do alike.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_ANSWER_PARTS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_ANSWER_PARTS_H_

#include <span>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"

namespace weir::dialect::canonical {

// `what` is not what the provider's API sends.
absl::Status Garbage(std::string_view what);

// A dialect's word for why an answer ended, and what it means.
using NativeReason = std::pair<std::string_view, FinishReason>;

// The meaning of `native`; kStop for a word that is not among `known`, which
// must not end a stream.
FinishReason ReasonOf(std::string_view native,
                      std::span<const NativeReason> known);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_ANSWER_PARTS_H_
