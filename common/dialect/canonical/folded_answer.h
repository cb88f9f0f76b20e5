// A whole answer, put together from its events.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_FOLDED_ANSWER_H_
#define WEIR_COMMON_DIALECT_CANONICAL_FOLDED_ANSWER_H_

#include <cstdint>
#include <forward_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/logprobs.h"

namespace weir::dialect::canonical {

struct FoldedPart {
  enum class Kind { kText, kRefusal, kThinking, kRedacted, kCall };
  Kind kind;
  // The text, the thought, the hidden thought's data, the call's arguments.
  std::string_view text = {};
  // A thought's, or a call's; empty for none.
  std::string_view signature = {};
  // A call's.
  std::string_view id = {};
  std::string_view name = {};
  // Where `text` stands that came in several pieces.
  std::string* joined = nullptr;
};

// Refers to the memory of the events that it was made of.
struct FoldedAnswer {
  std::string_view id;
  // In their order; what belongs together is one.
  absl::InlinedVector<FoldedPart, 2> parts;
  // Of all text, in its order.
  std::vector<const Logprobs*> logprobs;
  std::optional<Finished> finished;
  Usage usage;
  // In places that stay.
  std::forward_list<std::string> joined;

  bool Has(FoldedPart::Kind kind) const;
  bool HasCalls() const { return Has(FoldedPart::Kind::kCall); }
  // Why it ended: as was said, or for a dialect that has no other place for it.
  FinishReason said_reason() const {
    return finished.has_value() ? finished->reason : FinishReason::kStop;
  }
  FinishReason reason() const;
  std::string_view native_reason() const {
    return finished.has_value() ? finished->native : std::string_view();
  }
};

// Some servers say `stop` after calls, or nothing; and a refusal is a reason of
// its own in some dialects.
FinishReason ReasonBehind(FinishReason said, bool called, bool refused);

FoldedAnswer Fold(std::span<const AnswerEvent> events);

// What a call is called whose provider gave it no name: no two calls of a
// conversation alike, of letters that every API takes, and not longer than 40.
std::string CallId(const AnswerIdentity& identity, std::uint32_t call);

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_FOLDED_ANSWER_H_
