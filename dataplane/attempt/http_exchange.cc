#include "dataplane/attempt/http_exchange.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

// A provider that says more than this before its answer is not one.
constexpr int kMaxInterimAnswers = 8;

// What a string has room for without memory of its own.
const std::size_t kJoinedInPlace = std::string().capacity();

// `Keep-Alive: timeout=60`, as far as the provider says so.
absl::Duration IdleLimitOf(const http1::ResponseHead& head) {
  constexpr std::string_view kTimeout = "timeout=";
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const http1::Header& header = head.headers[i];
    if (!http1::EqualsIgnoringCase(header.name(), "keep-alive")) continue;
    const std::size_t at = header.value().find(kTimeout);
    if (at == std::string_view::npos) continue;
    std::string_view digits = header.value().substr(at + kTimeout.size());
    digits = digits.substr(0, digits.find_first_not_of("0123456789"));
    int seconds = 0;
    if (absl::SimpleAtoi({digits.data(), digits.size()}, &seconds)) {
      return absl::Seconds(seconds);
    }
  }
  return absl::InfiniteDuration();
}

}  // namespace

HttpExchange::HttpExchange(std::unique_ptr<Connection> connection,
                           std::shared_ptr<ConnectionPool> pool,
                           Interrupt& interrupt)
    : connection_(std::move(connection)),
      pool_(std::move(pool)),
      interrupt_(&interrupt) {}

HttpExchange::~HttpExchange() {
  io::Stream& stream = *connection_->stream;
  if (lent_ > 0) stream.Consume(lent_);
  // Bytes behind a whole answer would be the next request's answer.
  if (!whole_ || unsent_ || head().says_close || !stream.input().empty() ||
      !stream.open()) {
    stream.Close();
    return;
  }
  const absl::Duration idle_limit = IdleLimitOf(head());
  pool_->Put(std::move(connection_), idle_limit);
}

Failure HttpExchange::Broken(Stage stage, std::string reason) const {
  const bool nobody = IsNobodysFault(interrupt_->why());
  const bool timed_out = interrupt_->why() == Interrupt::Why::kTimeout;
  return {.blame = nobody ? Blame::kNobody : Blame::kEndpoint,
          // A provider that is late may be at work still.
          .stage = timed_out ? Stage::kAnswering : stage,
          .reason = timed_out ? "timed out" : std::move(reason),
          .status = std::nullopt,
          .retry_after = std::nullopt,
          .timed_out = timed_out};
}

HttpExchange::Starting::Starting(HttpExchange& exchange,
                                 UpstreamRequest request)
    : Operation(*exchange.connection_->stream, Operation::Try<Starting>),
      exchange_(exchange),
      method_(request.method),
      scope_(*exchange.interrupt_,
             {[](void* late) { static_cast<io::Stream*>(late)->Close(); },
              exchange.connection_->stream.get()}),
      writing_(*exchange.connection_->stream, request.bytes) {}

bool HttpExchange::Starting::await_ready() {
  if (exchange_.interrupt_->raised()) {
    return Fail(exchange_.Broken(Stage::kConnect, "interrupted"));
  }
  return Try();
}

bool HttpExchange::Starting::Try() {
  if (!written_) {
    if (!writing_.Try()) return false;
    written_ = true;
    // A provider may refuse a request before it has all of it, and close: its
    // answer then says more than the write that failed.
    exchange_.unsent_ = static_cast<bool>(writing_.await_resume());
  }
  while (!TakeHead()) {
    const auto read = stream_.TryReadMore();
    if (!read.has_value()) return false;
    if (*read) return Fail(exchange_.Cut(*read, interim_answers_ > 0));
  }
  return true;
}

bool HttpExchange::Starting::TakeHead() {
  for (;;) {
    const http1::ParseResult result = exchange_.ParseHead(method_);
    if (result.state == http1::ParseState::kIncomplete) return false;
    if (result.state == http1::ParseState::kBad) {
      return Fail(exchange_.Broken(
          Stage::kAnswering, Concat("invalid HTTP: ", result.error.message)));
    }
    const http1::ResponseHead& head = exchange_.head();
    stream_.Consume(head.size);
    if (head.status >= 200) {
      exchange_.remaining_ = head.content_length;
      ended_ = true;
      return true;
    }
    if (head.status == 101 || ++interim_answers_ == kMaxInterimAnswers) {
      return Fail(
          exchange_.Broken(Stage::kAnswering, "too many interim answers"));
    }
  }
}

bool HttpExchange::Starting::Fail(Failure failure) {
  failure_ = std::move(failure);
  ended_ = true;
  return true;
}

std::optional<Failure> HttpExchange::Starting::await_resume() {
  if (!ended_) {
    exchange_.unsent_ = exchange_.unsent_ || !written_;
    Fail(exchange_.Cut(StopReason(), interim_answers_ > 0));
  }
  return std::move(failure_);
}

http1::ParseResult HttpExchange::ParseHead(http1::Method method) {
  const std::string_view input = connection_->stream->input();
  if (input.empty()) return {http1::ParseState::kIncomplete};
  return connection_->heads.Parse(input, method);
}

Failure HttpExchange::Cut(io::error_code error, bool after_interim) const {
  const bool silent = !after_interim && connection_->stream->input().empty();
  return Broken(
      silent ? Stage::kUnanswered : Stage::kAnswering,
      error == asio::error::eof ? "closed without an answer" : error.message());
}

absl::StatusOr<BodyPiece> HttpExchange::AtEnd(io::error_code error) {
  if (interrupt_->raised()) return absl::CancelledError("interrupted");
  if (error != asio::error::eof) {
    return absl::UnavailableError(error.message());
  }
  if (head().framing != http1::BodyFraming::kUntilClose) {
    return absl::UnavailableError("answer cut short");
  }
  whole_ = true;
  return BodyPiece{{}, true};
}

BodyPiece HttpExchange::TakeLength() {
  const std::string_view input = connection_->stream->input();
  const std::string_view data =
      input.substr(0, static_cast<std::size_t>(
                          std::min<std::uint64_t>(remaining_, input.size())));
  remaining_ -= data.size();
  lent_ = data.size();
  whole_ = remaining_ == 0;
  return BodyPiece{data, whole_};
}

bool HttpExchange::TakeWholeChunk(BodyPiece& chunk) {
  if (head().framing != http1::BodyFraming::kChunked || interrupt_->raised()) {
    return false;
  }
  io::Stream& stream = *connection_->stream;
  stream.Consume(std::exchange(lent_, 0));
  const std::string_view all = stream.input();
  if (all.empty()) return false;
  const std::string_view data = decoder_.TakeWhole(all);
  if (data.empty()) return false;
  lent_ = all.size();
  joined_.clear();
  chunk = {data, false, all};
  return true;
}

std::optional<BodyPiece> HttpExchange::TakeChunks() {
  const std::string_view all = connection_->stream->input();
  std::string_view input = all;
  std::string_view first;
  joined_.clear();
  const bool begins_chunk = decoder_.IsBetweenChunks();
  while (!input.empty()) {
    const auto step = decoder_.Next(input);
    if (step.state == http1::ChunkedDecoder::State::kBad) {
      return std::nullopt;
    }
    input.remove_prefix(step.consumed);
    lent_ += step.consumed;
    if (first.empty()) {
      first = step.data;
    } else if (!step.data.empty()) {
      // Usually one chunk comes at a time and is passed on where it stands.
      if (joined_.empty()) joined_ = first;
      joined_ += step.data;
    }
    if (step.state == http1::ChunkedDecoder::State::kDone) {
      whole_ = true;
      break;
    }
  }
  BodyPiece piece{joined_.empty() ? first : std::string_view(joined_), whole_};
  if (begins_chunk && decoder_.IsBetweenChunks()) piece.chunks = all;
  return piece;
}

bool HttpExchange::Take(absl::StatusOr<BodyPiece>& piece) {
  if (head().framing == http1::BodyFraming::kNone) {
    whole_ = true;
    piece = BodyPiece{{}, true};
    return true;
  }
  if (interrupt_->raised()) {
    piece = absl::CancelledError("interrupted");
    return true;
  }
  io::Stream& stream = *connection_->stream;
  stream.Consume(std::exchange(lent_, 0));
  while (!stream.input().empty()) {
    const std::optional<BodyPiece> taken = TakeInput();
    if (!taken.has_value()) {
      piece = absl::DataLossError("malformed chunk");
      return true;
    }
    // Framing alone is nothing to return.
    if (!taken->data.empty() || taken->last) {
      piece = *taken;
      return true;
    }
    stream.Consume(std::exchange(lent_, 0));
  }
  return false;
}

std::optional<BodyPiece> HttpExchange::TakeInput() {
  switch (head().framing) {
    case http1::BodyFraming::kChunked:
      return TakeChunks();
    case http1::BodyFraming::kLength:
      return TakeLength();
    default:
      lent_ = connection_->stream->input().size();
      return BodyPiece{connection_->stream->input(), false};
  }
}

std::optional<absl::StatusOr<BodyPiece>> HttpExchange::TakeBody() {
  absl::StatusOr<BodyPiece> piece = BodyPiece{};
  if (!Take(piece)) return std::nullopt;
  return piece;
}

void HttpExchange::SetAhead(const io::FetchAhead& ahead) {
  ahead_ = ahead;
  ahead_.Add(*this);
  ahead_.Add(*connection_);
}

HttpExchange::Input::Input(HttpExchange& exchange)
    : Operation(*exchange.connection_->stream, Operation::Try<Input>),
      exchange_(exchange) {}

bool HttpExchange::Input::TryTake() {
  for (;;) {
    if (BodyPiece chunk; exchange_.TakeWholeChunk(chunk)) {
      if (taker_ != nullptr && taker_->Take(chunk)) {
        // Nothing else is there.
        stream_.Consume(std::exchange(exchange_.lent_, 0));
        return false;
      }
      piece_ = chunk;
      break;
    }
    if (!exchange_.Take(piece_)) return false;
    if (taker_ == nullptr || !piece_.ok() || piece_->last) break;
    if (!taker_->Take(*piece_)) break;
  }
  has_piece_ = true;
  return true;
}

bool HttpExchange::Input::Try() {
  for (;;) {
    // A stream waits nearly always. Who joins pieces all the time keeps this.
    std::string& joined = exchange_.joined_;
    if (joined.empty() && joined.capacity() > kJoinedInPlace) {
      joined.shrink_to_fit();
    }
    const auto read = stream_.TryReadMore(&exchange_.ahead_);
    if (!read.has_value()) return false;
    if (*read) {
      piece_ = exchange_.AtEnd(*read);
      has_piece_ = true;
      return true;
    }
    if (TryTake()) return true;
  }
}

absl::StatusOr<BodyPiece> HttpExchange::Input::Take() {
  if (std::exchange(has_piece_, false)) return std::move(piece_);
  const io::error_code why = StopReason();
  if (why == asio::error::try_again) return BodyPiece{{}, false};
  return exchange_.AtEnd(why);
}

bool HttpExchange::TryReadBody(Taker* taker) {
  more_.SetTaker(taker);
  return more_.TryTake() || more_.Try();
}

void HttpExchange::Await(std::coroutine_handle<> reader) {
  io::Stream* const stream = connection_->stream.get();
  waiting_.emplace(
      *interrupt_,
      Interrupt::Action{
          [](void* late) { static_cast<io::Stream*>(late)->Close(); }, stream});
  more_.await_suspend(reader);
}

absl::StatusOr<BodyPiece> HttpExchange::TakeRead() {
  waiting_.reset();
  return more_.Take();
}

}  // namespace weir::dataplane
