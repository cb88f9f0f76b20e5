// Shell: drives retry over upstream until an answer is fit for the client.
#ifndef WEIR_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_H_
#define WEIR_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/dialect/dialect.h"
#include "common/random.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/retry.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/attempt/translate_request.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/attempt/upstream_head.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// What a worker's attempts share.
struct AttemptContext {
  Upstream& upstream;
  RetryBudget& budget;
  Random& random;
  const Clock& clock;
  io::TimerWheel& wheel;
  // Of this node; a provider's max_concurrent is divided by it.
  std::uint32_t workers_in_node;
  // Called when the control plane should hear of a target at once.
  std::function<void()> on_health_news;
};

// One request's attempts. Lives on its coroutine; not thread-safe.
class AttemptLoop {
 public:
  // Everything outlives this. `upstream_path` is what follows a provider's base
  // path; `scratch` is memory for heads, kept from request to request.
  // What was tried is added to `records`; null: nobody wants to know.
  AttemptLoop(const AttemptContext& context, const Request& request,
              std::string_view upstream_path, const LiveState::View& live,
              Interrupt& interrupt, std::string& scratch,
              AttemptRecords* records = nullptr);

  io::Task<AttemptsResult> Run(const Plan& plan);

 private:
  // What one attempt came to: fit for the client, or why not.
  using Attempt = std::variant<Answer, Failure>;

  io::Task<Attempt> Try(const Candidate& candidate, const Retry& retry);
  // The answer's head is there: reads as much as must be known before commit.
  io::Task<std::optional<Failure>> Hold(Answer& answer);
  io::Task<std::optional<Failure>> HoldBody(Answer& answer);
  io::Task<std::optional<Failure>> HoldStream(Answer& answer);
  io::Task<std::optional<Failure>> ReadPiece(Answer& answer);
  // Puts a whole answer into the client's words.
  std::optional<Failure> Translate(Answer& answer) const;
  io::Task<> Wait(absl::Duration delay);

  // Translates where the candidate speaks another dialect; says why it can't
  // be.
  std::optional<dialect::ApiError> PutIntoItsWords(const Candidate& candidate);
  // What goes out: the head into head_, and the body.
  UpstreamBody WriteUpstream(const ProviderEntry& provider,
                             const TargetEntry* target,
                             std::string_view credential_headers,
                             Answer& answer);
  void Skip(const Candidate& candidate, std::string_view why, Retry& retry);
  bool AtCapacity(const Candidate& candidate) const;
  Retry::Pool PoolAfter(const Candidate& candidate,
                        const Failure& failure) const;
  absl::Time AttemptDeadline(const ProviderEntry& provider) const;
  void NoteLimits(const Answer& answer);
  TargetLive& LiveOf(const Candidate& candidate) const;
  const ProviderEntry& ProviderOf(const Answer& answer) const;
  void Record(Answer& answer, const std::optional<Failure>& failure);
  void KeepForClient(Answer& answer, NoAnswer& result) const;

  const AttemptContext& context_;
  const Request& request_;
  const std::string_view upstream_path_;
  const LiveState::View& live_;
  Interrupt& interrupt_;
  absl::Time attempt_began_;
  absl::Duration waited_ = absl::ZeroDuration();
  std::string& head_;
  AttemptRecords* const records_;
  TranslatedRequest translated_;
  // Of the last attempt that failed with a whole answer.
  NoAnswer no_answer_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_H_
