// Puts parts of an answer that overlap one behind the other.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_SEQUENCER_H_
#define WEIR_COMMON_DIALECT_CANONICAL_SEQUENCER_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/arguments.h"
#include "common/dialect/canonical/logprobs.h"

namespace weir::dialect::canonical {

// For dialects in which a tool call is over before anything else begins. In
// what comes out each ToolCallBegun is followed by its own arguments and its
// ToolCallEnded. A call is taken as over when its arguments are a whole object;
// what comes before that of other parts is kept back. Not thread-safe.
class Sequencer {
 public:
  // Adds what can go out after `event`. RESOURCE_EXHAUSTED: more than
  // kMaxKeptBack would have to be kept back. INVALID_ARGUMENT: arguments of a
  // call that is over. Text of `out` is good until the next call, and as long
  // as that of `event`.
  absl::Status Take(const AnswerEvent& event, AnswerEvents& out);

 private:
  // An event and the text that it refers to, which has moved in here.
  struct Held {
    AnswerEvent event;
    std::string text;
    std::string id;
    std::string name;
    std::string thought_signature;
    Logprobs logprobs;
  };

  absl::Status Pass(const AnswerEvent& event, AnswerEvents& out);
  absl::Status Hold(const AnswerEvent& event);
  // Adds to text that is held already. False: nothing fits.
  bool Coalesce(const AnswerEvent& event);
  void End(AnswerEvents& out);
  // The open call is over: what was held may go out, or some of it.
  absl::Status Release(AnswerEvents& out);

  std::optional<std::uint32_t> open_call_;
  ArgumentsProgress progress_;
  std::list<Held> held_;
  std::size_t held_bytes_ = 0;
  // Referred to by what went out last.
  std::list<Held> released_;
};

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_SEQUENCER_H_
