// How an attempt failed: by whose doing, and how far it had come.
#ifndef WEIR_DATAPLANE_ATTEMPT_FAILURE_H_
#define WEIR_DATAPLANE_ATTEMPT_FAILURE_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "dataplane/attempt/retry_hint.h"

namespace weir::dataplane {

// Whom a failure is held against.
enum class Blame {
  kClient,       // Its request was wrong; it gets the provider's word.
  kEndpoint,     // Broken, overloaded or lying: its breaker counts it.
  kCredential,   // Refused or out of money: another one may work.
  kRateLimited,  // Credential x model: alone for a while.
  kTarget,       // It has no such model: others may.
  kNobody,       // The client left, its deadline passed, the node goes down or
                 // has no descriptor left.
};

// How far the attempt came, which decides what may be sent again.
enum class Stage {
  kConnect,     // The provider saw nothing.
  kUnanswered,  // Sent, and no byte came back.
  kAnswering,   // It began to answer; the client saw nothing of it.
};

struct Failure {
  Blame blame;
  Stage stage;
  // For operators: `HTTP 503`, `connection refused`. No client data.
  std::string reason;
  // What the provider answered; absent where there was no whole answer.
  std::optional<int> status;
  // It asked to be left alone for so long.
  std::optional<absl::Duration> retry_after;
  HintVerdict hint = HintVerdict::kNone;
  // It failed after work that somebody pays for: its own 504 or 524 after 10 s.
  // Not sent again, unless the model says so.
  bool after_long_work = false;
  // Our own deadline passed.
  bool timed_out = false;
  // This node had no descriptor or memory for a connection. Somebody to whom it
  // is connected may answer.
  bool short_of_files = false;
  // The target does not know its model.
  bool no_such_model = false;
  // The request was too long for the model.
  bool too_long = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_FAILURE_H_
