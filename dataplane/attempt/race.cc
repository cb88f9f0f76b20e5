#include "dataplane/attempt/race.h"

#include <array>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/candidate_supply.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/hedge.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/wakeup.h"
#include "dataplane/plan/hedge_budget.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"

namespace weir::dataplane {

Race::Race(const AttemptContext& context, const Request& request,
           std::string_view upstream_path, const LiveState::View& live,
           const TranslatedRequest& translated, Interrupt& interrupt)
    : context_(context),
      request_(request),
      interrupt_(interrupt),
      first_(context, request, upstream_path, live, translated),
      second_(context, request, upstream_path, live, translated) {}

io::Task<> Race::Enter(Entrant& entrant, Candidate candidate,
                       SupplyPlace place) {
  Attempted attempted =
      co_await entrant.attempt.Run(candidate, std::move(place));
  entrant.attempted.emplace(std::move(attempted));
}

void Race::StartSecond(const Candidate& candidate, HedgeBudget& budget) {
  if (!budget.Take()) return;
  std::optional<SupplyPlace> place =
      TakeSupply(request_, candidate, context_.clock.Now());
  if (place.has_value()) Start(second_, candidate, *std::move(place));
}

void Race::Start(Entrant& entrant, const Candidate& candidate,
                 SupplyPlace place) {
  entrant.begun = true;
  io::Spawn(Enter(entrant, candidate, std::move(place)),
            [this, &entrant](std::exception_ptr thrown) {
              entrant.thrown = std::move(thrown);
              entrant.ended = true;
              // Last: who waits may destroy this race.
              news_.Notify();
            });
}

io::Task<RaceResult> Race::Run(Candidate first, SupplyPlace place, Hedge hedge,
                               HedgeBudget& budget) {
  const absl::Time hedge_at = context_.clock.Now() + hedge.after;
  io::TimerWheel::Timer timer(
      context_.wheel,
      [](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); }, &news_);
  timer.Set(hedge_at);
  const Interrupt::Scope scope(
      interrupt_,
      {[](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); },
       &news_});
  Start(first_, first, std::move(place));
  while (!Decided() && context_.clock.Now() < hedge_at) {
    co_await news_.Wait();
  }
  if (!Decided()) StartSecond(hedge.second, budget);
  while (!Decided()) co_await news_.Wait();
  co_await EndLosers();
  co_return Results();
}

io::Task<> Race::EndLosers() {
  const auto why =
      interrupt_.raised() ? interrupt_.why() : Interrupt::Why::kOutrun;
  for (Entrant* entrant : std::array{&first_, &second_}) {
    if (Running(*entrant)) entrant->interrupt.Raise(why);
    while (Running(*entrant)) co_await news_.Wait();
  }
}

RaceResult Race::Results() {
  for (const Entrant* entrant : std::array{&first_, &second_}) {
    if (entrant->thrown) std::rethrow_exception(entrant->thrown);
  }
  // Both at once: the first it is, though the second was as good.
  if (first_.won() && second_.won()) {
    second_.attempted->failure = Failure{.blame = Blame::kNobody,
                                         .stage = Stage::kAnswering,
                                         .reason = {},
                                         .status = std::nullopt,
                                         .retry_after = std::nullopt};
  }
  const bool decided = first_.won() || second_.won();
  for (Entrant* entrant : std::array{&first_, &second_}) {
    if (!entrant->attempted.has_value()) continue;
    if (entrant->won()) {
      entrant->attempted->answer->exchange->ListenTo(interrupt_);
    } else if (decided &&
               entrant->attempted->failure->blame == Blame::kNobody) {
      entrant->attempted->failure->reason = "another attempt was quicker";
    }
  }
  return {*std::move(first_.attempted), std::move(second_.attempted)};
}

}  // namespace weir::dataplane
