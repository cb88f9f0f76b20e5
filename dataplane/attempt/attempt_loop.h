// Shell: drives retry over upstream until an answer is fit for the client.
#ifndef WEIR_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_H_
#define WEIR_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/hedge.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/repeated_upstream_head.h"
#include "dataplane/attempt/retry.h"
#include "dataplane/attempt/translate_request.h"
#include "dataplane/io/task.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// One request's attempts. Lives on its coroutine; not thread-safe.
class AttemptLoop {
 public:
  // Everything outlives this. `upstream_path` is what follows a provider's base
  // path; `head` is the connection's, kept from request to request.
  // What was tried is added to `records`; null: nobody wants to know.
  AttemptLoop(const AttemptContext& context, const Request& request,
              std::string_view upstream_path, const LiveState::View& live,
              Interrupt& interrupt, RepeatedUpstreamHead& head,
              AttemptRecords* records = nullptr);

  io::Task<AttemptsResult> Run(const Plan& plan);

 private:
  // Two attempts that race: what the last of those that ended before a winner
  // came to, or the winner. Settled.
  io::Task<Attempted> RunRace(Candidate candidate, SupplyPlace place,
                              const Hedge& hedge, Retry& retry);
  // What the candidate's attempt needs; nullopt, and it is skipped, where it
  // can't be asked.
  std::optional<SupplyPlace> Prepare(const Candidate& candidate, absl::Time now,
                                     Retry& retry);
  // Where nothing failed, the request may have run out of time.
  void NoteTheTime();
  // Whether and how the attempt that begins may be raced.
  std::optional<Hedge> HedgeFor(const Candidate& candidate, const Retry& retry);
  // What an end means for its target, and what is remembered of it.
  void Settle(Attempted& attempted, RaceRole role, const Retry& retry);
  // What is left for the request to do after a failure that was settled.
  void MoveOn(const Attempted& failed, Retry& retry);
  io::Task<> Wait(absl::Duration delay);

  // The candidate can't even be asked.
  void Skip(const Candidate& candidate, std::string_view why, Retry& retry);
  Retry::Pool PoolAfter(const Candidate& candidate,
                        const Failure& failure) const;
  void Record(Attempted& attempted, RaceRole role);
  // A provider's word on the request, which is no failure of its own, in the
  // client's words.
  void TellClient(Answer& answer);
  // Into the accounts: a failure ends its attempt.
  void CountFailed(Attempted& failed);
  void KeepForClient(const Answer& answer);

  const AttemptContext& context_;
  const Request& request_;
  const std::string_view upstream_path_;
  const LiveState::View& live_;
  Interrupt& interrupt_;
  TranslatedRequest translated_;
  Attempt attempt_;
  AttemptRecords* const records_;
  // Of the last attempt that failed with a whole answer.
  NoAnswer no_answer_;
  HedgeOutcome hedge_ = HedgeOutcome::kNone;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_H_
