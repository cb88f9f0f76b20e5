#include "dataplane/attempt/attempt_loop.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/answer_timeout.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/attempt_record_build.h"
#include "dataplane/attempt/classify.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/limit_headers.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/reconsider.h"
#include "dataplane/attempt/retry.h"
#include "dataplane/attempt/translate_answer.h"
#include "dataplane/attempt/translate_request.h"
#include "dataplane/attempt/unusable_answer.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/attempt/upstream_head.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/wakeup.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/first_event.h"
#include "dataplane/relay/sse.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

// An answer of up to this size is read whole before the client gets its first
// byte, so that one that is cut short can be had again elsewhere.
constexpr std::size_t kHeldBytes = std::size_t{1} << 20;

// How long a stream's preamble is held back for its first meaningful event.
constexpr absl::Duration kHeldTime = absl::Seconds(10);

// All attempts and waits of a request together.
constexpr absl::Duration kLongestRequest = absl::Minutes(15);

}  // namespace

AttemptLoop::AttemptLoop(const AttemptContext& context, const Request& request,
                         std::string_view upstream_path,
                         const LiveState::View& live, Interrupt& interrupt,
                         std::string& scratch, AttemptRecords* records)
    : context_(context),
      request_(request),
      upstream_path_(upstream_path),
      live_(live),
      interrupt_(interrupt),
      head_(scratch),
      records_(records),
      translated_(request) {}

io::Task<AttemptsResult> AttemptLoop::Run(const Plan& plan) {
  context_.budget.OnRequest();
  Retry retry(
      plan, request_.replay, context_.budget,
      std::min(request_.received_at + kLongestRequest, request_.deadline));
  no_answer_.next_chance = plan.next_chance;
  if (plan.lacks_dialect) no_answer_.untranslatable = NotInItsDialect(request_);
  for (;;) {
    attempt_began_ = context_.clock.Now();
    const Retry::Step step =
        retry.Next(attempt_began_, context_.random.Uniform());
    if (const auto* wait = std::get_if<Retry::Wait>(&step)) {
      co_await Wait(wait->delay);
      if (!interrupt_.raised()) continue;
      no_answer_.failure->blame = Blame::kNobody;
    }
    const auto* next = std::get_if<Retry::Try>(&step);
    if (next == nullptr) {
      if (!no_answer_.failure.has_value() && !plan.empty() &&
          context_.clock.Now() >= request_.deadline) {
        no_answer_.failure = OutOfTime();
      }
      co_return AttemptsResult{std::move(no_answer_), retry.attempts(),
                               waited_};
    }
    const Candidate candidate = next->candidate;
    if (auto error = PutIntoItsWords(candidate)) {
      Skip(candidate, error->message, retry);
      no_answer_.untranslatable = *std::move(error);
      continue;
    }
    no_answer_.at_capacity = AtCapacity(candidate);
    if (no_answer_.at_capacity) {
      Skip(candidate, "as many requests in flight as it may have", retry);
      continue;
    }
    Attempt attempt = co_await Try(candidate, retry);
    if (auto* answer = std::get_if<Answer>(&attempt)) {
      co_return AttemptsResult{std::move(*answer), retry.attempts(), waited_};
    }
    no_answer_.failure = std::get<Failure>(std::move(attempt));
    const Failure& failure = *no_answer_.failure;
    retry.OnFailure(failure, PoolAfter(candidate, failure));
    if (failure.too_long) {
      retry.Skip(
          StepsToLargerModel(request_, candidate, retry.rest()).value_or(0));
    }
    interrupt_.ForgetTimeout();
  }
}

io::Task<AttemptLoop::Attempt> AttemptLoop::Try(const Candidate& candidate,
                                                const Retry& retry) {
  const RoutingConfig& config = ConfigOf(request_);
  const ProviderEntry& provider = config.providers[candidate.provider];
  ProviderLive& provider_live = *live_.providers[candidate.provider];
  TargetLive& target_live = LiveOf(candidate);
  const TargetEntry* target = candidate.target.has_value()
                                  ? &config.targets[*candidate.target]
                                  : nullptr;
  Answer answer{.candidate = candidate,
                .exchange = nullptr,
                .format = FormatOf(request_.endpoint, *provider.dialect),
                .piece = {},
                .copied = {},
                .in_flight = InFlight(target_live, provider_live),
                .credential = PickCredential(
                    PoolOf(*request_.snapshot, candidate.provider,
                           provider_live, target_live),
                    attempt_began_),
                .began = attempt_began_};
  const UpstreamBody body =
      WriteUpstream(provider, target,
                    provider.credentials[answer.credential].headers, answer);
  const std::array<asio::const_buffer, 4> bytes = {
      asio::buffer(head_), body.pieces[0], body.pieces[1], body.pieces[2]};
  target_live.breaker.OnStart(attempt_began_);
  interrupt_.ExpireAt(AttemptDeadline(provider));
  const UpstreamRequest upstream_request{request_.head->method, request_.replay,
                                         bytes};
  SendResult sent = co_await context_.upstream.Send(
      provider, upstream_request, interrupt_, target_live.counters);
  std::optional<Failure> failure;
  if (auto* exchange = std::get_if<std::unique_ptr<Exchange>>(&sent)) {
    answer.exchange = std::move(*exchange);
    NoteLimits(answer);
    failure = co_await Hold(answer);
  } else {
    failure = std::get<Failure>(std::move(sent));
  }
  interrupt_.ExpireAt(absl::InfiniteFuture());
  failure = Reconsider(std::move(failure), request_, candidate, retry.rest(),
                       context_.clock.Now());
  Record(answer, failure);
  if (!failure.has_value()) co_return answer;
  KeepForClient(answer, no_answer_);
  co_return *std::move(failure);
}

std::optional<dialect::ApiError> AttemptLoop::PutIntoItsWords(
    const Candidate& candidate) {
  const RoutingConfig& config = ConfigOf(request_);
  const ProviderEntry& provider = config.providers[candidate.provider];
  if (!IsForeign(request_, provider)) return std::nullopt;
  return translated_.WriteFor(provider, config.targets[*candidate.target]);
}

UpstreamBody AttemptLoop::WriteUpstream(const ProviderEntry& provider,
                                        const TargetEntry* target,
                                        std::string_view credential_headers,
                                        Answer& answer) {
  if (!IsForeign(request_, provider)) {
    const UpstreamBody body = SpliceBody(request_, target);
    WriteUpstreamHead(request_, upstream_path_, provider, target,
                      credential_headers, body.size, head_);
    return body;
  }
  answer.dropped = translated_.dropped();
  const UpstreamBody body = WholeBody(translated_.body());
  WriteForeignHead(request_, provider, *target, credential_headers, body.size,
                   head_);
  return body;
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
             *live_.providers[candidate.provider], LiveOf(candidate));
  return HasUntroubled(pool, context_.clock.Now()) ? Retry::Pool::kHasAnother
                                                   : Retry::Pool::kExhausted;
}

absl::Time AttemptLoop::AttemptDeadline(const ProviderEntry& provider) const {
  const absl::Duration longest =
      std::min(AnswerTimeout(request_.request_class, provider.timeouts),
               provider.timeouts.total);
  return std::min(request_.deadline, attempt_began_ + longest);
}

void AttemptLoop::NoteLimits(const Answer& answer) {
  const LimitHeaders limits =
      ReadLimits(answer.exchange->head(), context_.clock.WallNow());
  if (!limits.left.has_value()) return;
  LiveOf(answer.candidate)
      .headroom.OnTold(*limits.left, limits.reset, context_.clock.Now());
}

io::Task<std::optional<Failure>> AttemptLoop::Hold(Answer& answer) {
  const absl::Duration took = context_.clock.Now() - attempt_began_;
  answer.is_stream = IsEventStream(answer.exchange->head());
  if (answer.is_stream) co_return co_await HoldStream(answer);
  std::optional<Failure> failure = co_await HoldBody(answer);
  if (!failure.has_value()) {
    failure = ClassifyAnswer(answer.exchange->head(), answer.held(), took,
                             context_.clock.WallNow());
  }
  if (!failure.has_value() && IsForeign(request_, ProviderOf(answer))) {
    failure = Translate(answer);
  }
  co_return failure;
}

std::optional<Failure> AttemptLoop::Translate(Answer& answer) const {
  if (!answer.complete) return Lying("too large to be translated");
  const absl::Status status = TranslateWhole(
      request_, *ProviderOf(answer).dialect, context_.clock.WallNow(), answer);
  if (status.ok()) return std::nullopt;
  return Lying(std::string(status.message()));
}

const ProviderEntry& AttemptLoop::ProviderOf(const Answer& answer) const {
  return ConfigOf(request_).providers[answer.candidate.provider];
}

io::Task<std::optional<Failure>> AttemptLoop::ReadPiece(Answer& answer) {
  const std::string_view before = answer.held();
  if (!before.empty() && answer.copied.empty()) answer.copied = before;
  absl::StatusOr<BodyPiece> piece = co_await answer.exchange->ReadBody();
  // Interrupted as the piece came: the exchange is closed.
  if (piece.ok() && interrupt_.raised()) {
    piece = absl::CancelledError("interrupted");
  }
  if (!piece.ok()) co_return CutShort(piece.status(), interrupt_.why());
  if (answer.copied.empty()) {
    answer.piece = piece->data;
  } else {
    answer.copied += piece->data;
  }
  answer.complete = piece->last;
  co_return std::nullopt;
}

io::Task<std::optional<Failure>> AttemptLoop::HoldBody(Answer& answer) {
  const std::size_t most =
      IsForeign(request_, ProviderOf(answer)) ? kMaxTranslated : kHeldBytes;
  do {
    if (auto failure = co_await ReadPiece(answer)) co_return failure;
  } while (!answer.complete && answer.held().size() < most);
  co_return std::nullopt;
}

io::Task<std::optional<Failure>> AttemptLoop::HoldStream(Answer& answer) {
  const absl::Time hold_until = context_.clock.Now() + kHeldTime;
  Exchange* const exchange = answer.exchange.get();
  io::TimerWheel::Timer hold(
      context_.wheel, [](void* held) { static_cast<Exchange*>(held)->Nudge(); },
      exchange);
  hold.Set(hold_until);
  if (IsForeign(request_, ProviderOf(answer))) {
    TranslateStream(request_, *ProviderOf(answer).dialect,
                    context_.clock.WallNow(), answer);
  }
  std::size_t judged = 0;
  while (!answer.complete) {
    if (auto failure = co_await ReadPiece(answer)) co_return failure;
    while (const auto event = FirstEvent(answer.held().substr(judged))) {
      judged += event->bytes.size();
      switch (JudgeEvent(answer.format, event->data)) {
        case EventVerdict::kPreamble:
          break;
        case EventVerdict::kMeaningful:
          co_return std::nullopt;
        case EventVerdict::kError: {
          std::optional<Failure> failure = ClassifyErrorEvent(event->data);
          answer.refuses_request =
              !failure.has_value() || failure->blame == Blame::kClient;
          co_return failure;
        }
        case EventVerdict::kGarbage:
          co_return Lying("an event is not what the API sends");
      }
    }
    if (context_.clock.Now() >= hold_until ||
        answer.held().size() >= kHeldBytes) {
      co_return std::nullopt;
    }
  }
  if (TerminatorOf(answer.format) == Terminator::kFraming) {
    co_return std::nullopt;
  }
  co_return Lying("the stream ended without an answer");
}

// By a timer of its own, because nothing is in flight that a deadline could
// interrupt; the client's leaving ends it.
io::Task<> AttemptLoop::Wait(absl::Duration delay) {
  io::Wakeup over;
  io::TimerWheel::Timer timer(
      context_.wheel,
      [](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); }, &over);
  timer.Set(context_.wheel.Now() + delay);
  const Interrupt::Scope scope(interrupt_, [&over] { over.Notify(); });
  co_await over.Wait();
}

bool AttemptLoop::AtCapacity(const Candidate& candidate) const {
  const std::uint32_t limit =
      ConfigOf(request_).providers[candidate.provider].max_concurrent;
  if (limit == 0) return false;
  const std::uint32_t share =
      std::max<std::uint32_t>(1, limit / context_.workers_in_node);
  return live_.providers[candidate.provider]->in_flight >= share;
}

TargetLive& AttemptLoop::LiveOf(const Candidate& candidate) const {
  return candidate.target.has_value()
             ? *live_.targets[*candidate.target]
             : live_.providers[candidate.provider]->direct;
}

void AttemptLoop::Record(Answer& answer,
                         const std::optional<Failure>& failure) {
  const absl::Time now = context_.clock.Now();
  const Asked asked = AskedFor(request_, answer, live_);
  const absl::Duration took = now - attempt_began_;
  waited_ += took;
  News news = News::kNo;
  if (failure.has_value()) {
    news = RecordFailure(asked, *failure, now);
  } else if (answer.exchange->head().status >= 400 || answer.refuses_request) {
    news = RecordClientError(asked);
    answer.recorded = true;
  } else {
    news = RecordBegin(asked, took);
    // A stream ends well by its marker alone.
    answer.recorded = answer.complete && !answer.is_stream;
    if (answer.recorded && RecordSuccess(asked, now) == News::kYes) {
      news = News::kYes;
    }
  }
  if (records_ != nullptr) {
    records_->Add(RecordOf(request_, answer, failure, now));
  }
  if (news == News::kYes) context_.on_health_news();
}

void AttemptLoop::KeepForClient(Answer& answer, NoAnswer& result) const {
  result.candidate = answer.candidate;
  result.content_type.clear();
  result.body.clear();
  if (answer.exchange == nullptr || answer.is_stream || !answer.complete ||
      answer.exchange->head().status < 400) {
    return;
  }
  const int status = answer.exchange->head().status;
  result.body = IsForeign(request_, ProviderOf(answer))
                    ? TranslateError(request_, status, answer.held())
                    : std::string(answer.held());
  const http1::Header* type =
      answer.exchange->head().Find(http1::HeaderId::kContentType);
  if (type != nullptr) result.content_type = std::string(type->value);
}

}  // namespace weir::dataplane
