// One attempt: a request sent to one candidate, and as much of the answer read
// as must be known before the client gets its first byte.
#ifndef WEIR_DATAPLANE_ATTEMPT_ATTEMPT_H_
#define WEIR_DATAPLANE_ATTEMPT_ATTEMPT_H_

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/random.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/repeated_upstream_head.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/attempt/translate_request.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/attempt/upstream_head.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/usage_book.h"
#include "dataplane/usage/usage_entry.h"

namespace weir::dataplane {

// What a worker's attempts share.
struct AttemptContext {
  Upstream& upstream;
  RetryBudget& budget;
  Random& random;
  const Clock& clock;
  io::TimerWheel& wheel;
  // Called when the control plane should hear of a target, or of what is wanted
  // of a limit, at once.
  std::function<void()> on_health_news;
  // Null where no accounts are kept.
  UsageBook* usage = nullptr;
};

// What an attempt came to.
struct Attempted {
  // Never null: of a failed one as well, as far as it came.
  std::unique_ptr<Answer> answer;
  // Why the client can't have the answer; absent where it can.
  std::optional<Failure> failure;
  // When that was known; on Clock::Now().
  absl::Time ended;
  // Until then, from its begin.
  absl::Duration took;
};

// Lives on its request's coroutine; not thread-safe. One can make one attempt
// after the other.
class Attempt {
 public:
  // Everything outlives this. `upstream_path` is what follows a provider's base
  // path; `translated` has what was written for those who speak another
  // dialect than the client; `interrupt` gets the attempt's deadline and tells
  // of its end; `head` is memory, kept from attempt to attempt.
  Attempt(const AttemptContext& context, const Request& request,
          std::string_view upstream_path, const LiveState::View& live,
          const TranslatedRequest& translated, Interrupt& interrupt,
          RepeatedUpstreamHead& head)
      : context_(context),
        request_(request),
        upstream_path_(upstream_path),
        live_(live),
        translated_(translated),
        interrupt_(interrupt),
        head_(head) {}

  // Counts nothing but what the answer's head says of limits: what the end
  // means is decided by those who know what else was tried. `place` is the
  // answer's until its end.
  io::Task<Attempted> Run(Candidate candidate, SupplyPlace place);

  // The steps of Run(), for who wants no coroutine for them. `began`: now.
  void Begin(Candidate candidate, SupplyPlace place, absl::Time began);
  io::Task<SendResult> Send();
  // False: Hold() comes next.
  bool Take(SendResult sent);
  io::Task<> Hold();
  Attempted End();

 private:
  // The answer's head is there: takes what has come with it of a body.
  std::optional<Failure> TakeHeld(Answer& answer) const;
  // Reads what else must be known before commit.
  io::Task<std::optional<Failure>> HoldBody(Answer& answer);
  // What a body that is held comes to.
  std::optional<Failure> Judge(Answer& answer) const;
  // The provider's, in what was read of an error.
  void HideCredentials(Answer& answer) const;
  io::Task<std::optional<Failure>> HoldStream(Answer& answer);
  io::Task<std::optional<Failure>> ReadPiece(Answer& answer);
  std::optional<Failure> Add(absl::StatusOr<BodyPiece> piece,
                             Answer& answer) const;
  // Puts a whole answer into the client's words.
  std::optional<Failure> Translate(Answer& answer) const;
  const ProviderEntry& ProviderOf(const Answer& answer) const;

  UsageEntry BeginUsage(const Candidate& candidate) const;
  // What goes out: the head into head_, and the body.
  UpstreamBody Write(Answer& answer);
  absl::Time Deadline(const ProviderEntry& provider, absl::Time began) const;
  absl::Duration AnswerTimeout(const ProviderEntry& provider) const;
  void NoteLimits(const Answer& answer);

  const AttemptContext& context_;
  const Request& request_;
  const std::string_view upstream_path_;
  const LiveState::View& live_;
  const TranslatedRequest& translated_;
  Interrupt& interrupt_;
  RepeatedUpstreamHead& head_;
  // Of the attempt that is being made.
  Attempted attempted_;
  std::array<asio::const_buffer, 5> bytes_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ATTEMPT_H_
