#include "dataplane/attempt/attempt.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
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
#include "dataplane/attempt/classify.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/limit_headers.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/attempt/repeated_secret.h"
#include "dataplane/attempt/translate_answer.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/attempt/upstream_head.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/first_event.h"
#include "dataplane/relay/sse.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/trace_context.h"
#include "dataplane/usage/usage_entry.h"

namespace weir::dataplane {
namespace {

// An answer of up to this size is read whole before the client gets its first
// byte, so that one that is cut short can be had again elsewhere.
constexpr std::size_t kHeldBytes = std::size_t{1} << 20;

// How long a stream's preamble is held back for its first meaningful event.
constexpr absl::Duration kHeldTime = absl::Seconds(10);

Failure FailureOf(const absl::Status& status, Interrupt::Why why) {
  return {.blame = IsNobodysFault(why) ? Blame::kNobody : Blame::kEndpoint,
          .stage = Stage::kAnswering,
          .reason = why == Interrupt::Why::kTimeout
                        ? "timed out"
                        : std::string(status.message()),
          .status = std::nullopt,
          .retry_after = std::nullopt,
          .timed_out = why == Interrupt::Why::kTimeout};
}

Failure Lying(std::string reason) {
  return {.blame = Blame::kEndpoint,
          .stage = Stage::kAnswering,
          .reason = std::move(reason),
          .status = std::nullopt,
          .retry_after = std::nullopt};
}

}  // namespace

io::Task<Attempted> Attempt::Run(Candidate candidate, SupplyPlace place) {
  Begin(candidate, std::move(place), context_.clock.Now());
  SendResult sent = co_await Send();
  if (!Take(std::move(sent))) co_await Hold();
  co_return End();
}

void Attempt::Begin(Candidate candidate, SupplyPlace place, absl::Time began) {
  const RoutingConfig& config = ConfigOf(request_);
  const ProviderEntry& provider = config.providers[candidate.provider];
  ProviderLive& provider_live = *live_.providers[candidate.provider];
  TargetLive& target_live = LiveOf(candidate, live_);
  // make_unique() does not take what is not named.
  // NOLINTNEXTLINE(modernize-make-unique)
  attempted_.answer.reset(new Answer{
      .candidate = candidate,
      .exchange = nullptr,
      .format = FormatOf(request_.endpoint, *provider.dialect),
      .piece = {},
      .copied = {},
      .in_flight = InFlight(target_live),
      .place = std::move(place),
      .credential =
          PickCredential(PoolOf(*request_.snapshot, candidate.provider,
                                provider_live, target_live),
                         began),
      .began = began,
      .span = request_.trace.has_value()
                  ? TraceContext::NewSpan(context_.random)
                  : 0,
      .usage_entry = BeginUsage(candidate)});
  attempted_.failure.reset();
  const UpstreamBody body = Write(*attempted_.answer);
  bytes_ = {asio::buffer(head_.text()), body.pieces[0], body.pieces[1],
            body.pieces[2], body.pieces[3]};
  if (!target_live.evidence().breaker.closed()) {
    target_live.ChangeEvidence().breaker.OnStart(began);
  }
  interrupt_.ExpireAt(Deadline(provider, began));
}

io::Task<SendResult> Attempt::Send() {
  const Candidate& candidate = attempted_.answer->candidate;
  return context_.upstream.Send(
      ConfigOf(request_).providers[candidate.provider],
      {request_.head->method, request_.replay, bytes_}, interrupt_,
      LiveOf(candidate, live_).counters);
}

bool Attempt::Take(SendResult sent) {
  if (auto* failure = std::get_if<Failure>(&sent)) {
    attempted_.failure = std::move(*failure);
    return true;
  }
  Answer& answer = *attempted_.answer;
  answer.exchange = std::get<std::unique_ptr<Exchange>>(std::move(sent));
  NoteLimits(answer);
  attempted_.failure = TakeHeld(answer);
  return attempted_.failure.has_value() || answer.complete;
}

io::Task<> Attempt::Hold() {
  Answer& answer = *attempted_.answer;
  io::Task<std::optional<Failure>> holding =
      answer.is_stream ? HoldStream(answer) : HoldBody(answer);
  attempted_.failure = co_await holding;
}

Attempted Attempt::End() {
  const Answer& answer = *attempted_.answer;
  if (!attempted_.failure.has_value() && !answer.is_stream) {
    attempted_.failure = Judge(*attempted_.answer);
  }
  interrupt_.ExpireAt(absl::InfiniteFuture());
  attempted_.ended = context_.clock.Now();
  attempted_.took = attempted_.ended - answer.began;
  return std::move(attempted_);
}

UsageEntry Attempt::BeginUsage(const Candidate& candidate) const {
  if (context_.usage == nullptr) return {};
  return context_.usage->Begin(request_, candidate);
}

UpstreamBody Attempt::Write(Answer& answer) {
  const Candidate& candidate = answer.candidate;
  const RoutingConfig& config = ConfigOf(request_);
  const ProviderEntry& provider = config.providers[candidate.provider];
  const TargetEntry* target = candidate.target.has_value()
                                  ? &config.targets[*candidate.target]
                                  : nullptr;
  const std::string& credential =
      provider.credentials[answer.credential].headers;
  const auto* written = translated_.For(candidate);
  if (written == nullptr) {
    const UpstreamBody body = SpliceBody(request_, target);
    head_.Write(request_, upstream_path_, provider, target,
                {credential, body.size, answer.span});
    return body;
  }
  answer.dropped = written->dropped;
  head_.WriteForeign(request_, provider, *target,
                     {credential, written->body.size(), answer.span});
  return WholeBody(written->body);
}

absl::Time Attempt::Deadline(const ProviderEntry& provider,
                             absl::Time began) const {
  return std::min(request_.deadline, began + std::min(AnswerTimeout(provider),
                                                      provider.timeouts.total));
}

void Attempt::NoteLimits(const Answer& answer) {
  const http1::ResponseHead& head = answer.exchange->head();
  // Most answers of most providers have none, and ask for no time.
  if (head.Find(http1::HeaderId::kAccountLimit) == nullptr) return;
  const LimitHeaders limits = ReadLimits(head, context_.clock.WallNow());
  if (!limits.left.has_value()) return;
  LiveOf(answer.candidate, live_)
      .OnHeadroomTold(*limits.left, limits.reset, context_.clock.Now());
}

// Most answers are there with their head, and take no coroutine.
std::optional<Failure> Attempt::TakeHeld(Answer& answer) const {
  answer.is_stream = IsEventStream(answer.exchange->head());
  if (answer.is_stream) return std::nullopt;
  auto piece = answer.exchange->TakeBody();
  if (!piece.has_value()) return std::nullopt;
  return Add(*std::move(piece), answer);
}

std::optional<Failure> Attempt::Judge(Answer& answer) const {
  std::optional<Failure> failure;
  // Clocks cost, and most have nothing to be classified.
  if (answer.exchange->head().status >= 300) {
    if (answer.exchange->head().status >= 400) HideCredentials(answer);
    failure = ClassifyAnswer(answer.exchange->head(), answer.held(),
                             context_.clock.Now() - answer.began,
                             context_.clock.WallNow());
  }
  if (!failure.has_value() && IsForeign(request_, ProviderOf(answer))) {
    failure = Translate(answer);
  }
  return failure;
}

std::optional<Failure> Attempt::Translate(Answer& answer) const {
  if (!answer.complete) return Lying("too large to be translated");
  const absl::Status status =
      TranslateWhole(request_, translated_.read(), *ProviderOf(answer).dialect,
                     context_.clock.WallNow(), answer);
  if (status.ok()) return std::nullopt;
  return Lying(std::string(status.message()));
}

void Attempt::HideCredentials(Answer& answer) const {
  for (const CredentialEntry& credential : ProviderOf(answer).credentials) {
    const std::string_view secret = credential.secret.Reveal();
    if (!Repeats(answer.held(), secret)) continue;
    *answer.copied = Starred(answer.held(), secret);
  }
}

const ProviderEntry& Attempt::ProviderOf(const Answer& answer) const {
  return ConfigOf(request_).providers[answer.candidate.provider];
}

io::Task<std::optional<Failure>> Attempt::ReadPiece(Answer& answer) {
  const std::string_view before = answer.held();
  if (!before.empty() && (*answer.copied).empty()) *answer.copied = before;
  absl::StatusOr<BodyPiece> piece = co_await answer.exchange->ReadBody();
  co_return Add(std::move(piece), answer);
}

std::optional<Failure> Attempt::Add(absl::StatusOr<BodyPiece> piece,
                                    Answer& answer) const {
  // Interrupted as the piece came: the exchange is closed.
  if (piece.ok() && interrupt_.raised()) {
    piece = absl::CancelledError("interrupted");
  }
  if (!piece.ok()) return FailureOf(piece.status(), interrupt_.why());
  if ((*answer.copied).empty()) {
    answer.piece = piece->data;
  } else {
    *answer.copied += piece->data;
  }
  answer.complete = piece->last;
  return std::nullopt;
}

io::Task<std::optional<Failure>> Attempt::HoldBody(Answer& answer) {
  const std::size_t most =
      IsForeign(request_, ProviderOf(answer)) ? kMaxTranslated : kHeldBytes;
  while (!answer.complete && answer.held().size() < most) {
    if (auto failure = co_await ReadPiece(answer)) co_return failure;
  }
  co_return std::nullopt;
}

io::Task<std::optional<Failure>> Attempt::HoldStream(Answer& answer) {
  const absl::Time hold_until = context_.clock.Now() + kHeldTime;
  Exchange* const exchange = answer.exchange.get();
  io::TimerWheel::Timer hold(
      context_.wheel, [](void* held) { static_cast<Exchange*>(held)->Nudge(); },
      exchange);
  hold.Set(hold_until);
  if (IsForeign(request_, ProviderOf(answer))) {
    TranslateStream(request_, translated_.read(), *ProviderOf(answer).dialect,
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
          HideCredentials(answer);
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

absl::Duration Attempt::AnswerTimeout(const ProviderEntry& provider) const {
  switch (request_.request_class) {
    case RequestClass::kFast:
      return provider.timeouts.fast;
    case RequestClass::kNormal:
      return provider.timeouts.normal;
    case RequestClass::kComplex:
      break;
  }
  return provider.timeouts.complex;
}

}  // namespace weir::dataplane
