// Decides what one request does next: try a candidate, wait, or stop.
#ifndef WEIR_DATAPLANE_ATTEMPT_RETRY_H_
#define WEIR_DATAPLANE_ATTEMPT_RETRY_H_

#include <cstddef>
#include <optional>
#include <span>
#include <variant>

#include "absl/time/time.h"
#include "common/random.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// Does no I/O and reads no clock: the caller acts on the step it gets and
// reports how that went. Not thread-safe; lives on its request's coroutine.
class Retry {
 public:
  struct Try {
    Candidate candidate;
  };
  struct Wait {
    absl::Duration delay;
  };
  struct GiveUp {};
  using Step = std::variant<Try, Wait, GiveUp>;

  // `plan` and `budget` outlive this.
  Retry(const Plan& plan, Replay replay, RetryBudget& budget,
        absl::Time deadline)
      : plan_(plan), replay_(replay), budget_(budget), deadline_(deadline) {}

  // `random` is asked for the jitter of a wait.
  Step Next(absl::Time now, Random& random);

  // The last Try could not even begin (the provider is at its limit): it does
  // not count.
  void OnSkipped();
  // Whether the target that failed has another credential that is free.
  enum class Pool { kExhausted, kHasAnother };
  void OnFailure(const Candidate& candidate, const Failure& failure, Pool pool);

  // The next candidate is tried beside the current one: it counts.
  void OnHedged();

  // Those that follow, in their order, and that so many of them need not be
  // tried.
  std::span<const Candidate> rest() const {
    return plan_.candidates().subspan(next_);
  }
  void Skip(std::size_t count) { next_ += count; }

  // Tries begun so far, skipped ones not counted.
  int attempts() const { return attempts_; }

 private:
  bool MaySendAgain(absl::Time now);
  std::optional<Candidate> TakeSameTarget();
  Step Begin(const Candidate& candidate);
  Step NextAfterWaiting(absl::Time now, Random& random);

  const Plan& plan_;
  const Replay replay_;
  RetryBudget& budget_;
  const absl::Time deadline_;

  std::size_t next_ = 0;
  int attempts_ = 0;
  // The request may be sent (again), as far as its last failure goes.
  bool permitted_ = true;
  bool waited_ = false;
  // What was tried after waiting was at its limit: nothing is left.
  bool exhausted_ = false;
  std::optional<Failure> last_;
  // One whose credential failed while another is free.
  std::optional<Candidate> same_target_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_RETRY_H_
