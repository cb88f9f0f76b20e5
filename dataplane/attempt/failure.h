// How an attempt failed: by whose doing, and how far it had come.
#ifndef WEIR_DATAPLANE_ATTEMPT_FAILURE_H_
#define WEIR_DATAPLANE_ATTEMPT_FAILURE_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace weir::dataplane {

// Whom a failure is held against.
enum class Blame {
  kEndpoint,     // Broken, overloaded or lying: its breaker counts it.
  kCredential,   // Refused or out of money: another one may work.
  kRateLimited,  // Credential x model: alone for a while.
  kTarget,       // It has no such model: others may.
  kNobody,       // The client left, or the node is going down.
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
  // It failed after work that somebody pays for: its own 504 or 524 after 10 s.
  // Not sent again.
  bool after_long_work = false;
  // Our own deadline passed.
  bool timed_out = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_FAILURE_H_
