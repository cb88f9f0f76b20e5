#include "dataplane/relay/relay.h"

#include <algorithm>
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
#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/classify.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/io/fetch_ahead.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/client_writer.h"
#include "dataplane/relay/hidden_usage.h"
#include "dataplane/relay/sse.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/relay/usage_tap.h"
#include "dataplane/request.h"

namespace weir::dataplane {
namespace {

using Last = ClientWriter::Last;

// Events beyond this (images in base64) are passed on before they are whole.
constexpr std::size_t kMaxPartialEvent = std::size_t{1} << 20;

// How long the last chunk of a stream may follow its end marker.
constexpr absl::Duration kEndGrace = absl::Milliseconds(100);

// Of the time that a provider may be silent, so much more is nothing.
constexpr int kSlackShare = 64;

// Proxies cut what is silent for a minute, Claude Code what is for five.
constexpr absl::Duration kLifeSigns = absl::Seconds(15);

bool SaysUsageWhenAsked(const Answer& answer) {
  return answer.format == AnswerFormat::kChat ||
         answer.format == AnswerFormat::kCompletions;
}

std::unique_ptr<io::TimerWheel::Timer> LifeSignOf(const Answer& answer,
                                                  io::TimerWheel& wheel) {
  if (answer.translation == nullptr) return nullptr;
  return std::make_unique<io::TimerWheel::Timer>(
      wheel, [](void* exchange) { static_cast<Exchange*>(exchange)->Nudge(); },
      answer.exchange.get());
}

// Assigning an empty one would keep its memory.
void GiveBack(std::string& text) {
  if (!text.empty()) const std::string gone = std::move(text);
}

}  // namespace

Relay::Relay(const Request& request, Answer& answer, ClientWriter& writer,
             io::TimerWheel& wheel, Interrupt& interrupt,
             absl::Duration stream_idle, absl::Time deadline)
    : request_(request),
      answer_(answer),
      writer_(writer),
      wheel_(wheel),
      interrupt_(interrupt),
      stream_idle_(stream_idle),
      slack_(stream_idle / kSlackShare),
      deadline_(deadline),
      terminator_(TerminatorOf(answer.format)),
      scan_(terminator_),
      usage_tap_(answer.format),
      hides_usage_(request.asks_for_usage && SaysUsageWhenAsked(answer)),
      life_sign_(LifeSignOf(answer, wheel)) {}

io::Task<RelayResult> Relay::Run(std::string head, AnswerFraming framing) {
  framing_ = framing;
  if (answer_.is_stream && !answer_.complete) LookAhead();
  if (answer_.translation != nullptr)
    return RelayTranslated(std::move(head), framing_);
  if (answer_.is_stream) return RelayStream(std::move(head), framing_);
  return RelayBody(std::move(head), framing_);
}

UsageReading Relay::usage() const {
  if (answer_.translation != nullptr) return {answer_.translation->usage(), 0};
  return answer_.complete ? ReadUsageOfWhole(answer_.format, answer_.held())
                          : usage_tap_.Read();
}

io::Task<RelayResult> Relay::RelayBody(std::string head,
                                       const AnswerFraming& framing) {
  usage_tap_.See(answer_.held());
  meter_.OnBytes(answer_.held().size());
  Last last = Last::kNo;
  Written written = co_await writer_.Part(head, answer_.held(), framing, last);
  while (last == Last::kNo && written == Written::kOk) {
    BeginWait();
    const absl::StatusOr<BodyPiece> piece =
        co_await answer_.exchange->ReadBody();
    EndWait(piece);
    if (!piece.ok()) {
      // Without its end, the client sees that the body is cut.
      if (interrupt_.why() == Interrupt::Why::kClientGone) break;
      co_return RelayResult{RelayEnd::kBroken, WhyItStopped(piece.status())};
    }
    last = piece->last ? Last::kYes : Last::kNo;
    usage_tap_.See(piece->data);
    meter_.OnBytes(piece->data.size());
    written = co_await writer_.Part({}, piece->data, framing, last);
  }
  co_return RelayResult{written == Written::kOk && last == Last::kYes
                            ? RelayEnd::kComplete
                            : RelayEnd::kClientGone,
                        {}};
}

Relay::Events Relay::TakeEvents(const BodyPiece& body) {
  const std::string_view piece = body.data;
  Events events;
  events.whole = scan_.Feed(piece);
  if (!answer_.complete) usage_tap_.See(piece);
  meter_.OnEvents(piece.size(), scan_.events());
  NoteOutput();
  if (partial_.size() + piece.size() > kMaxPartialEvent) {
    events.whole = piece.size();
  }
  if (events.whole == 0) return events;
  // The end marker and the end of the body go out in one write.
  const bool over =
      scan_.terminated_whole() &&
      (!scan_.failed() || terminator_ == Terminator::kResponsesEvent);
  if (over) events.last = Last::kYes;
  events.bytes = {partial_, piece.substr(0, events.whole)};
  if (hides_usage_) {
    std::string_view all = events.bytes.end;
    if (!partial_.empty()) {
      joined_ = Concat(partial_, events.bytes.end);
      all = joined_;
    }
    events.bytes = HideUsage(all, scan_.events(), translated_);
  } else if (partial_.empty() && events.whole == piece.size() && !over) {
    events.chunks = body.chunks;
  }
  return events;
}

// Nearly every piece of a stream is whole events in whole chunks: what the
// client gets of them is what came, byte for byte, and is neither taken apart
// nor put together.
ClientWriter::Sending Relay::Write(std::string_view head, const Events& events,
                                   const AnswerFraming& framing) {
  if (head.empty() && !events.chunks.empty() &&
      std::holds_alternative<Chunked>(framing)) {
    return writer_.Chunks(events.chunks);
  }
  return writer_.Part(head, events.bytes, framing, events.last);
}

bool Relay::Take(const BodyPiece& piece) {
  Events events = TakeEvents(piece);
  if (!events.chunks.empty() && !scan_.failed_whole() &&
      std::holds_alternative<Chunked>(framing_)) {
    events.chunks.remove_prefix(writer_.TryChunks(events.chunks));
    if (events.chunks.empty()) {
      WaitOn(wheel_.RoughNow());
      return true;
    }
  }
  taken_ = events;
  return false;
}

void Relay::KeepRest(std::string_view piece, const Events& events) {
  if (scan_.failed_whole()) {
    const std::string told =
        Concat(events.whole > 0 ? partial_ : "", piece.substr(0, events.whole));
    const std::optional<Failure> failure = ClassifyErrorEvent(told);
    told_ = failure.has_value() ? failure->blame : Blame::kClient;
  }
  if (events.whole > 0) partial_.clear();
  if (events.whole < piece.size()) partial_ += piece.substr(events.whole);
}

// At once: a kill may come with any event.
void Relay::NoteOutput() { answer_.usage_entry.OnOutput(meter_.tokens()); }

void Relay::LookAhead() {
  io::FetchAhead ahead;
  ahead.Add(*this);
  ahead.Add(answer_);
  ahead.Add(interrupt_);
  writer_.AddTo(ahead);
  answer_.exchange->SetAhead(ahead);
}

void Relay::BeginWait() {
  // All that was held has gone out.
  answer_.piece = {};
  if (!(*answer_.copied).empty()) {
    const RecycledText held = std::move(answer_.copied);
  }
  const absl::Time now = wheel_.RoughNow();
  WaitFrom(nudged_ ? waiting_since_ : now);
  if (life_sign_ != nullptr) life_sign_->Set(now + kLifeSigns);
}

void Relay::WaitFrom(absl::Time now) {
  waiting_since_ = good_until_ = now;
  interrupt_.ExpireAt(std::min(now + stream_idle_, deadline_));
}

void Relay::WaitOn(absl::Time now) {
  waiting_since_ = now;
  if (now < good_until_) return;
  good_until_ = now + slack_;
  interrupt_.ExpireAt(std::min(good_until_ + stream_idle_, deadline_));
}

void Relay::EndWait(const absl::StatusOr<BodyPiece>& piece) {
  // Rather than Cancel(): a later deadline costs nothing.
  if (life_sign_ != nullptr) life_sign_->Set(absl::InfiniteFuture());
  interrupt_.ExpireAt(absl::InfiniteFuture());
  nudged_ = piece.ok() && piece->data.empty() && !piece->last;
}

io::Task<RelayResult> Relay::RelayStream(std::string head,
                                         const AnswerFraming& framing) {
  BodyPiece piece{answer_.held(), answer_.complete};
  bool flushes = false;
  std::string why;
  for (;;) {
    Events events;
    if (taken_.has_value()) {
      events = *std::exchange(taken_, std::nullopt);
    } else if (flushes) {
      events = {.bytes = {partial_, {}},
                .whole = piece.data.size(),
                .last = Last::kYes};
    } else {
      events = TakeEvents(piece);
    }
    const Written written = co_await Write(head, events, framing);
    if (written == Written::kClientGone) {
      co_return RelayResult{RelayEnd::kClientGone, {}};
    }
    KeepRest(piece.data, events);
    GiveBack(head);
    if (scan_.failed_whole()) {
      // The client has the provider's own error event.
      co_return RelayResult{RelayEnd::kBroken, "error event in the stream",
                            told_};
    }
    if (events.last == Last::kYes) {
      if (!piece.last) co_await ReadToEnd();
      co_return RelayResult{RelayEnd::kComplete, {}};
    }
    if (piece.last) {
      flushes = !scan_.failed() &&
                (terminator_ == Terminator::kFraming || scan_.terminated());
      if (flushes) continue;
      why = "the stream ended without its end marker";
      break;
    }
    BeginWait();
    const absl::StatusOr<BodyPiece> next =
        co_await answer_.exchange->ReadBody(this);
    EndWait(next);
    if (!next.ok()) {
      why = WhyItStopped(next.status());
      break;
    }
    piece = *next;
  }
  co_return co_await Break(std::move(head), std::move(why), framing);
}

// The provider's bytes are looked at whole, event by event; what they become
// goes out at once.
io::Task<RelayResult> Relay::RelayTranslated(std::string head,
                                             const AnswerFraming& framing) {
  auto& translation = *answer_.translation;
  std::string_view piece = answer_.held();
  bool ended = answer_.complete;
  std::string why;
  for (;;) {
    translated_.clear();
    if (nudged_) translation.SayAlive(translated_);
    absl::Status status = translation.Feed(piece, translated_);
    if (status.ok() && ended) status = translation.EndOfBody(translated_);
    if (translation.failed().has_value()) {
      translation.WriteError(*translation.failed(), translated_);
    }
    meter_.OnStream(translated_);
    NoteOutput();
    const bool over = translation.ended() ||
                      (translation.failed().has_value() && EndsByError());
    const Last last = over ? Last::kYes : Last::kNo;
    const Written written =
        co_await writer_.Part(head, translated_, framing, last);
    if (written == Written::kClientGone) {
      co_return RelayResult{RelayEnd::kClientGone, {}};
    }
    GiveBack(head);
    if (translation.failed().has_value()) {
      const auto failure = ClassifyErrorEvent(translation.failed_data());
      const Blame blame = failure.has_value() ? failure->blame : Blame::kClient;
      co_return RelayResult{RelayEnd::kBroken, "error event in the stream",
                            blame};
    }
    if (!status.ok()) {
      why = std::string(status.message());
      break;
    }
    if (translation.ended()) {
      if (!ended) co_await ReadToEnd();
      co_return RelayResult{RelayEnd::kComplete, {}};
    }
    BeginWait();
    const absl::StatusOr<BodyPiece> next =
        co_await answer_.exchange->ReadBody();
    EndWait(next);
    if (!next.ok()) {
      why = WhyItStopped(next.status());
      break;
    }
    piece = next->data;
    ended = next->last;
  }
  co_return co_await Break(std::move(head), std::move(why), framing);
}

bool Relay::EndsByError() const {
  return answer_.translation != nullptr &&
         request_.endpoint == Endpoint::kResponses;
}

std::string Relay::WhyItStopped(const absl::Status& status) const {
  if (interrupt_.why() != Interrupt::Why::kTimeout) {
    return std::string(status.message());
  }
  return wheel_.Now() >= deadline_ ? "the answer took longer than it may"
                                   : "the provider fell silent";
}

io::Task<> Relay::ReadToEnd() {
  interrupt_.ExpireAt(wheel_.Now() + kEndGrace);
  for (;;) {
    const absl::StatusOr<BodyPiece> piece =
        co_await answer_.exchange->ReadBody();
    // Whatever it says after its end is nobody's.
    if (!piece.ok() || piece->last || !piece->data.empty()) break;
  }
  interrupt_.ExpireAt(absl::InfiniteFuture());
  interrupt_.ForgetTimeout();
}

io::Task<RelayResult> Relay::Break(std::string head, std::string reason,
                                   const AnswerFraming& framing) {
  if (interrupt_.why() == Interrupt::Why::kClientGone) {
    co_return RelayResult{RelayEnd::kClientGone, {}};
  }
  const dialect::ApiError error{
      502, "stream_interrupted",
      Concat("The provider's stream broke off: ", reason, ".")};
  std::string event;
  if (answer_.translation != nullptr) {
    answer_.translation->WriteError(error, event);
  } else {
    event = ApiOf(request_).ErrorEvent(error);
  }
  const Last last = EndsByError() ? Last::kYes : Last::kNo;
  co_await writer_.Part(head, event, framing, last);
  co_return RelayResult{RelayEnd::kBroken, std::move(reason)};
}

}  // namespace weir::dataplane
