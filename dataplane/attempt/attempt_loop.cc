#include "dataplane/attempt/attempt_loop.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/attempt_record_build.h"
#include "dataplane/attempt/candidate_supply.h"
#include "dataplane/attempt/failed_usage.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/hedge.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/race.h"
#include "dataplane/attempt/reconsider.h"
#include "dataplane/attempt/retry.h"
#include "dataplane/attempt/translate_answer.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/wakeup.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {
namespace {

// All attempts and waits of a request together.
constexpr absl::Duration kLongestRequest = absl::Minutes(15);

}  // namespace

AttemptLoop::AttemptLoop(const AttemptContext& context, const Request& request,
                         std::string_view upstream_path,
                         const LiveState::View& live, Interrupt& interrupt,
                         RepeatedUpstreamHead& head, AttemptRecords* records)
    : context_(context),
      request_(request),
      upstream_path_(upstream_path),
      live_(live),
      interrupt_(interrupt),
      translated_(request),
      attempt_(context, request, upstream_path, live, translated_, interrupt,
               head),
      records_(records) {}

io::Task<AttemptsResult> AttemptLoop::Run(const Plan& plan) {
  context_.budget.OnRequest();
  Retry retry(
      plan, request_.replay, context_.budget,
      std::min(request_.received_at + kLongestRequest, request_.deadline));
  no_answer_.next_chance = plan.next_chance;
  if (plan.lacks_dialect) no_answer_.untranslatable = NotInItsDialect(request_);
  absl::Duration waited = absl::ZeroDuration();
  for (;;) {
    const absl::Time now = context_.clock.Now();
    const Retry::Step step = retry.Next(now, context_.random);
    if (const auto* wait = std::get_if<Retry::Wait>(&step)) {
      co_await Wait(wait->delay);
      if (!interrupt_.raised()) continue;
      no_answer_.failure->blame = Blame::kNobody;
    }
    const auto* next = std::get_if<Retry::Try>(&step);
    if (next == nullptr) {
      if (!plan.empty()) NoteTheTime();
      co_return AttemptsResult{
          std::make_unique<const NoAnswer>(std::move(no_answer_)),
          retry.attempts(), waited, hedge_};
    }
    std::optional<SupplyPlace> place = Prepare(next->candidate, now, retry);
    if (!place.has_value()) continue;
    const std::optional<Hedge> hedge = HedgeFor(next->candidate, retry);
    // Each look at the clock costs; to translate takes time of our own.
    const absl::Time began = translated_.For(next->candidate) == nullptr
                                 ? now
                                 : context_.clock.Now();
    Attempted attempted;
    if (hedge.has_value()) {
      attempted =
          co_await RunRace(next->candidate, *std::move(place), *hedge, retry);
      waited += attempted.ended - began;
    } else {
      attempt_.Begin(next->candidate, *std::move(place), began);
      SendResult sent = co_await attempt_.Send();
      if (!attempt_.Take(std::move(sent))) co_await attempt_.Hold();
      attempted = attempt_.End();
      Settle(attempted, RaceRole::kAlone, retry);
      waited += attempted.took;
    }
    if (!attempted.failure.has_value()) {
      co_return AttemptsResult{std::move(attempted.answer), retry.attempts(),
                               waited, hedge_};
    }
    MoveOn(attempted, retry);
    interrupt_.ForgetTimeout();
  }
}

void AttemptLoop::NoteTheTime() {
  if (!no_answer_.failure.has_value() &&
      context_.clock.Now() >= request_.deadline) {
    no_answer_.failure = OutOfTime();
  }
}

std::optional<SupplyPlace> AttemptLoop::Prepare(const Candidate& candidate,
                                                absl::Time now, Retry& retry) {
  translated_.Forget();
  if (auto error = translated_.WriteFor(candidate)) {
    Skip(candidate, error->message, retry);
    no_answer_.untranslatable = *std::move(error);
    return std::nullopt;
  }
  std::optional<SupplyPlace> place = TakeSupply(request_, candidate, now);
  if (HasSupplyNews(request_, candidate)) context_.on_health_news();
  no_answer_.at_capacity = !place.has_value();
  if (!place.has_value()) {
    Skip(candidate,
         "as many requests at once, or requests or tokens a minute, as it may "
         "have",
         retry);
  }
  return place;
}

std::optional<Hedge> AttemptLoop::HedgeFor(const Candidate& candidate,
                                           const Retry& retry) {
  if (retry.attempts() != 1 || !candidate.target.has_value()) {
    return std::nullopt;
  }
  const auto& wish = ConfigOf(request_).models[candidate.model].hedge;
  if (!wish.has_value()) return std::nullopt;
  live_.models[candidate.model]->hedges.OnRequest(wish->budget);
  std::optional<Hedge> hedge =
      PlanHedge(request_, candidate, retry.rest(), live_, context_.clock.Now());
  if (hedge.has_value() &&
      (!HasSupply(request_, hedge->second, context_.clock.Now()) ||
       translated_.WriteFor(hedge->second).has_value())) {
    return std::nullopt;
  }
  return hedge;
}

io::Task<Attempted> AttemptLoop::RunRace(Candidate candidate, SupplyPlace place,
                                         const Hedge& hedge, Retry& retry) {
  Race race(context_, request_, upstream_path_, live_, translated_, interrupt_);
  RaceResult result = co_await race.Run(candidate, std::move(place), hedge,
                                        live_.models[candidate.model]->hedges);
  if (!result.second.has_value()) {
    Settle(result.first, RaceRole::kAlone, retry);
    co_return std::move(result.first);
  }
  retry.OnHedged();
  const bool second_won = !result.second->failure.has_value();
  hedge_ = second_won ? HedgeOutcome::kWon : HedgeOutcome::kLost;
  Settle(result.first, RaceRole::kFirst, retry);
  Settle(*result.second, RaceRole::kHedge, retry);
  if (!result.first.failure.has_value()) co_return std::move(result.first);
  if (!second_won) MoveOn(result.first, retry);
  co_return *std::move(result.second);
}

void AttemptLoop::Settle(Attempted& attempted, RaceRole role,
                         const Retry& retry) {
  const bool failed = attempted.failure.has_value();
  attempted.failure =
      Reconsider(std::move(attempted.failure), request_,
                 attempted.answer->candidate, retry.rest(), attempted.ended);
  if (failed && !attempted.failure.has_value()) TellClient(*attempted.answer);
  Record(attempted, role);
  if (!attempted.failure.has_value()) return;
  CountFailed(attempted);
  KeepForClient(*attempted.answer);
}

void AttemptLoop::TellClient(Answer& answer) {
  const ProviderEntry& provider =
      ConfigOf(request_).providers[answer.candidate.provider];
  if (answer.is_stream || !IsForeign(request_, provider)) return;
  *answer.copied =
      TranslateError(request_, answer.exchange->head().status, answer.held());
}

void AttemptLoop::CountFailed(Attempted& failed) {
  if (context_.usage == nullptr) return;
  const Candidate& candidate = failed.answer->candidate;
  AttemptEnd end = EndOfFailed(*failed.answer, *failed.failure);
  end.ended_at = failed.ended;
  const Settlement settlement = context_.usage->Judge(request_, candidate, end);
  context_.usage->Settle(request_, candidate, end, settlement,
                         failed.answer->usage_entry);
}

void AttemptLoop::MoveOn(const Attempted& failed, Retry& retry) {
  no_answer_.failure = failed.failure;
  const Failure& failure = *no_answer_.failure;
  const Candidate& candidate = failed.answer->candidate;
  retry.OnFailure(candidate, failure, PoolAfter(candidate, failure));
  if (failure.too_long) {
    retry.Skip(
        StepsToLargerModel(request_, candidate, retry.rest()).value_or(0));
  }
}

void AttemptLoop::Skip(const Candidate& candidate, std::string_view why,
                       Retry& retry) {
  if (records_ != nullptr) {
    records_->Add(RecordOfSkipped(candidate, why, context_.clock.Now()));
  }
  retry.OnSkipped();
}

Retry::Pool AttemptLoop::PoolAfter(const Candidate& candidate,
                                   const Failure& failure) const {
  if (failure.blame != Blame::kCredential &&
      failure.blame != Blame::kRateLimited) {
    return Retry::Pool::kExhausted;
  }
  const CredentialPool pool =
      PoolOf(*request_.snapshot, candidate.provider,
             *live_.providers[candidate.provider], LiveOf(candidate, live_));
  return HasUntroubled(pool, context_.clock.Now()) ? Retry::Pool::kHasAnother
                                                   : Retry::Pool::kExhausted;
}

// By a timer of its own, because nothing is in flight that a deadline could
// interrupt; the client's leaving ends it.
io::Task<> AttemptLoop::Wait(absl::Duration delay) {
  io::Wakeup over;
  io::TimerWheel::Timer timer(
      context_.wheel,
      [](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); }, &over);
  timer.Set(context_.wheel.Now() + delay);
  const Interrupt::Scope scope(
      interrupt_,
      {[](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); },
       &over});
  co_await over.Wait();
}

void AttemptLoop::Record(Attempted& attempted, RaceRole role) {
  Answer& answer = *attempted.answer;
  const std::optional<Failure>& failure = attempted.failure;
  const Asked asked = AskedFor(request_, answer, live_);
  News news = News::kNo;
  if (failure.has_value()) {
    news = RecordFailure(asked, *failure, attempted.ended);
    // Who lost a race took at least so long. Without that, only the quick
    // answers of a target that is hedged would ever be measured.
    if (role != RaceRole::kAlone && failure->blame == Blame::kNobody &&
        !interrupt_.raised()) {
      asked.target.counters.latency.Add(attempted.took);
    }
  } else if (answer.exchange->head().status >= 400 || answer.refuses_request) {
    news = RecordClientError(asked);
    answer.recorded = true;
  } else {
    news = RecordBegin(asked, attempted.took);
    // A stream ends well by its marker alone.
    answer.recorded = answer.complete && !answer.is_stream;
    if (answer.recorded &&
        RecordSuccess(asked, attempted.ended) == News::kYes) {
      news = News::kYes;
    }
  }
  if (records_ != nullptr) records_->Add(RecordOf(request_, attempted, role));
  if (news == News::kYes) context_.on_health_news();
}

void AttemptLoop::KeepForClient(const Answer& answer) {
  no_answer_.candidate = answer.candidate;
  no_answer_.content_type.clear();
  no_answer_.body.clear();
  if (answer.exchange == nullptr || answer.is_stream || !answer.complete ||
      answer.exchange->head().status < 400) {
    return;
  }
  const int status = answer.exchange->head().status;
  const ProviderEntry& provider =
      ConfigOf(request_).providers[answer.candidate.provider];
  no_answer_.body = IsForeign(request_, provider)
                        ? TranslateError(request_, status, answer.held())
                        : std::string(answer.held());
  const http1::Header* type =
      answer.exchange->head().Find(http1::HeaderId::kContentType);
  if (type != nullptr) no_answer_.content_type = std::string(type->value());
}

}  // namespace weir::dataplane
