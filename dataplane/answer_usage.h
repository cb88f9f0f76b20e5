// What an answer that goes to the client is paid for; pure.
#ifndef WEIR_DATAPLANE_ANSWER_USAGE_H_
#define WEIR_DATAPLANE_ANSWER_USAGE_H_

#include <optional>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/relay/relay.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {

// All of the answer is here, so what it took is known before the client has
// any of it.
inline bool IsWhole(const Answer& answer) {
  return answer.complete && !answer.is_stream;
}

// How a whole answer will have ended if the client takes it, `latency` after
// its request. REQUIRES: IsWhole(answer).
AttemptEnd EndOfWhole(const Answer& answer, absl::Duration latency);

// Once it is known `how` that went: makes the end one that was.
void NoteSent(RelayEnd how, AttemptEnd& end);

// How an answer ended that was relayed. REQUIRES: !IsWhole(answer).
AttemptEnd EndOfRelayed(const Answer& answer, const Relay& relay, RelayEnd how,
                        absl::Duration latency);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ANSWER_USAGE_H_
