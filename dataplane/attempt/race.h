// Two attempts side by side: the first answer that is fit for the client wins.
#ifndef WEIR_DATAPLANE_ATTEMPT_RACE_H_
#define WEIR_DATAPLANE_ATTEMPT_RACE_H_

#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/hedge.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/repeated_upstream_head.h"
#include "dataplane/attempt/translate_request.h"
#include "dataplane/io/task.h"
#include "dataplane/io/wakeup.h"
#include "dataplane/plan/hedge_budget.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// What a race came to. At most one of the two has no failure.
struct RaceResult {
  Attempted first;
  // Absent where the first ended in time, the budget was spent, or it was at
  // one of its limits by then.
  std::optional<Attempted> second;
};

// Lives on its request's coroutine; not thread-safe. For one race.
class Race {
 public:
  // Everything outlives this. `interrupt` is the request's: raised, it ends
  // both; the winner's answer listens to it.
  Race(const AttemptContext& context, const Request& request,
       std::string_view upstream_path, const LiveState::View& live,
       const TranslatedRequest& translated, Interrupt& interrupt);

  // Both have ended when it returns: the loser with Interrupt::Why::kOutrun.
  // `place` is the first one's; the second takes its own, or is not asked.
  io::Task<RaceResult> Run(Candidate first, SupplyPlace place, Hedge hedge,
                           HedgeBudget& budget);

 private:
  struct Entrant {
    Entrant(const AttemptContext& context, const Request& request,
            std::string_view upstream_path, const LiveState::View& live,
            const TranslatedRequest& translated)
        : interrupt(context.wheel),
          attempt(context, request, upstream_path, live, translated, interrupt,
                  head) {}

    bool won() const {
      return attempted.has_value() && !attempted->failure.has_value();
    }

    // A deadline of its own, and an end of its own.
    Interrupt interrupt;
    RepeatedUpstreamHead head;
    Attempt attempt;
    bool begun = false;
    bool ended = false;
    std::optional<Attempted> attempted;
    std::exception_ptr thrown;
  };

  static io::Task<> Enter(Entrant& entrant, Candidate candidate,
                          SupplyPlace place);
  void Start(Entrant& entrant, const Candidate& candidate, SupplyPlace place);
  void StartSecond(const Candidate& candidate, HedgeBudget& budget);
  static bool Running(const Entrant& entrant) {
    return entrant.begun && !entrant.ended;
  }
  bool Decided() const {
    return first_.won() || second_.won() ||
           !(Running(first_) || Running(second_)) || interrupt_.raised();
  }
  // Ends whoever still runs.
  io::Task<> EndLosers();
  RaceResult Results();

  const AttemptContext& context_;
  const Request& request_;
  Interrupt& interrupt_;
  Entrant first_;
  Entrant second_;
  // Something happened: an end, an interrupt, the time for the second.
  io::Wakeup news_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_RACE_H_
