#include "dataplane/read/request_reader.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/http1/chunked.h"
#include "dataplane/http1/head.h"
#include "dataplane/io/input_buffer.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {
namespace {

using dialect::ApiError;

// A body must come at 1 KiB/s after 10 s of grace, within 5 minutes
// (slow-body attacks otherwise hold memory for ever).
absl::Duration BodyTime(std::uint64_t bytes) {
  return std::min(absl::Minutes(5),
                  absl::Seconds(10) +
                      absl::Seconds(static_cast<std::int64_t>(bytes >> 10)));
}

ApiError Malformed(const http1::HeadError& error) {
  const char* const code = error.status == 431   ? "head_too_large"
                           : error.status == 405 ? "method_not_allowed"
                           : error.status == 501 ? "unknown_method"
                                                 : "bad_request";
  return {error.status, code,
          Concat("Malformed HTTP request: ", error.message, ".")};
}

constexpr std::size_t kFirstChunkBuffer = std::size_t{64} << 10;
// Room for chunk framing beyond the decoded bytes.
constexpr std::size_t kReadRoom = std::size_t{16} << 10;
// What may turn out to be the next request goes back to the input.
constexpr std::size_t kMostReadAtOnce = std::size_t{64} << 10;

// Whether `encoded` holds a chunked body to its end, or to where it is wrong.
bool IsWhole(std::string_view encoded) {
  http1::ChunkedDecoder decoder;
  while (!encoded.empty()) {
    const auto step = decoder.Next(encoded);
    if (step.state != http1::ChunkedDecoder::State::kMore) return true;
    encoded.remove_prefix(step.consumed);
  }
  return false;
}

}  // namespace

RequestReader::RequestReader(io::Stream& stream, io::TimerWheel& wheel,
                             Admission& admission, const WorkerLimits& limits)
    : stream_(stream),
      wheel_(wheel),
      admission_(admission),
      limits_(limits),
      deadline_(
          wheel,
          [](void* self) {
            auto* reader = static_cast<RequestReader*>(self);
            reader->expired_ = true;
            // The connection stays open for the answer that says so.
            reader->stream_.Nudge();
          },
          this) {}

ApiError RequestReader::TooLarge() const {
  return {413, "request_too_large",
          Concat("The request body is larger than ", limits_.max_body_bytes,
                 " bytes.")};
}

ApiError RequestReader::BodyEnded() const {
  if (expired_) {
    return {408, "request_timeout", "The request did not come in time."};
  }
  return {400, "bad_request", "The request body ended too early."};
}

void RequestReader::BeginRequest() {
  expired_ = false;
  body_in_input_ = true;
  left_in_input_ = 0;
  body_size_ = 0;
  head_began_ = false;
  head_is_whole_ = false;
  finished_ = false;
  deadline_.Set(wheel_.RoughNow() + limits_.client_idle);
}

bool RequestReader::ReadingHead::await_ready() {
  reader_.BeginRequest();
  return Try();
}

bool RequestReader::ReadingHead::Try() {
  for (;;) {
    problem_ = reader_.ParseHead();
    if (problem_.has_value() || reader_.head_is_whole_) return true;
    const auto ended = stream_.TryReadMore();
    if (!ended.has_value()) return false;
    // Time may be up though something came: no deadline is left to wait by.
    if (*ended || reader_.expired_) return true;
  }
}

std::optional<ReadOutcome> RequestReader::ReadingHead::await_resume() {
  if (problem_.has_value()) return *std::move(problem_);
  if (!reader_.head_is_whole_) {
    if (reader_.expired_ && reader_.head_began_) return reader_.BodyEnded();
    return Gone{};
  }
  if (reader_.head_.framing != http1::BodyFraming::kNone &&
      !reader_.BodyIsHere()) {
    return std::nullopt;
  }
  return reader_.WholeRequest();
}

io::Task<ReadOutcome> RequestReader::ReadBody() {
  if (auto error = co_await ReadByFraming()) co_return *std::move(error);
  co_return WholeRequest();
}

IncomingRequest RequestReader::WholeRequest() {
  deadline_.Set(absl::InfiniteFuture());
  return {&head_, body_in_input_
                      ? stream_.input().substr(head_.size, body_size_)
                      : std::string_view(body_.get(), body_size_)};
}

RequestReader::Problem RequestReader::ParseHead() {
  if (stream_.input().empty()) return std::nullopt;
  const http1::ParseResult result = heads_.Parse(stream_.input());
  head_is_whole_ = result.state == http1::ParseState::kComplete;
  if (result.state == http1::ParseState::kBad) return Malformed(result.error);
  if (!head_is_whole_ && !std::exchange(head_began_, true)) {
    deadline_.Set(wheel_.RoughNow() + limits_.head_timeout);
  }
  return std::nullopt;
}

void RequestReader::Finish() {
  if (std::exchange(finished_, true)) return;
  stream_.Consume(head_.size + (body_in_input_ ? body_size_ : left_in_input_));
  stream_.Rest();
  body_.reset();
  body_capacity_ = 0;
  bytes_held_ = Admission::Hold();
}

// Most came with their head.
bool RequestReader::BodyIsHere() {
  if (head_.framing != http1::BodyFraming::kLength ||
      head_.content_length > limits_.max_body_bytes) {
    return false;
  }
  body_size_ = static_cast<std::size_t>(head_.content_length);
  return stream_.input().size() >= head_.size + body_size_;
}

io::Task<RequestReader::Problem> RequestReader::ReadByFraming() {
  if (head_.framing == http1::BodyFraming::kChunked) {
    deadline_.Set(wheel_.RoughNow() + BodyTime(limits_.max_body_bytes));
    co_return co_await ReadChunks();
  }
  if (head_.content_length > limits_.max_body_bytes) co_return TooLarge();
  deadline_.Set(wheel_.RoughNow() + BodyTime(head_.content_length));
  co_return co_await ReadLength();
}

RequestReader::Problem RequestReader::Reserve(std::size_t bytes,
                                              std::size_t keep) {
  Admission::Hold larger = admission_.TakeBytes(bytes);
  if (!larger) {
    return ApiError{503, "overloaded",
                    "This gateway holds as many bytes as it may; try again."};
  }
  auto grown =
      std::make_unique_for_overwrite<char[]>(bytes + io::kInputPadding);
  if (keep > 0) std::memcpy(grown.get(), body_.get(), keep);
  body_ = std::move(grown);
  body_capacity_ = bytes;
  bytes_held_ = std::move(larger);
  return std::nullopt;
}

io::Task<RequestReader::Problem> RequestReader::SayContinue() {
  if (!head_.expects_continue) co_return std::nullopt;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::array<asio::const_buffer, 1> bytes = {
      asio::buffer(kContinue.data(), kContinue.size())};
  if (co_await stream_.Write(bytes)) co_return BodyEnded();
  co_return std::nullopt;
}

io::Task<std::size_t> RequestReader::ReadMoreBody(std::size_t filled) {
  const auto room = asio::buffer(
      body_.get() + filled, std::min(body_capacity_ - filled, kMostReadAtOnce));
  const std::size_t bytes = co_await stream_.ReadInto(room);
  co_return expired_ ? 0 : bytes;
}

io::Task<RequestReader::Problem> RequestReader::ReadLength() {
  if (auto error = Reserve(body_size_, 0)) co_return error;
  if (auto error = co_await SayContinue()) co_return error;
  const std::string_view begun = stream_.input().substr(head_.size);
  std::memcpy(body_.get(), begun.data(), begun.size());
  std::size_t filled = begun.size();
  stream_.Truncate(head_.size);
  body_in_input_ = false;
  while (filled < body_size_) {
    const std::size_t bytes = co_await ReadMoreBody(filled);
    if (bytes == 0) co_return BodyEnded();
    filled += bytes;
  }
  co_return std::nullopt;
}

// Encoded bytes are read behind the decoded ones and decoded in place.
io::Task<RequestReader::Problem> RequestReader::ReadChunks() {
  if (auto error = Reserve(kFirstChunkBuffer, 0)) co_return error;
  const bool came_whole = IsWhole(stream_.input().substr(head_.size));
  if (!came_whole) {
    if (auto error = co_await SayContinue()) co_return error;
  }
  const std::string_view begun = stream_.input().substr(head_.size);
  if (begun.size() + kReadRoom > body_capacity_) {
    if (auto error = Reserve(begun.size() + kReadRoom, 0)) co_return error;
  }
  http1::ChunkedDecoder decoder;
  std::memcpy(body_.get(), begun.data(), begun.size());
  std::size_t filled = begun.size();
  // What came whole stays: the next request may stand behind it.
  if (!came_whole) stream_.Truncate(head_.size);
  body_in_input_ = false;
  for (;;) {
    std::string_view encoded(body_.get() + body_size_, filled - body_size_);
    auto state = http1::ChunkedDecoder::State::kMore;
    while (!encoded.empty() && state == http1::ChunkedDecoder::State::kMore) {
      const auto step = decoder.Next(encoded);
      if (!step.data.empty()) {
        std::memmove(body_.get() + body_size_, step.data.data(),
                     step.data.size());
        body_size_ += step.data.size();
      }
      encoded.remove_prefix(step.consumed);
      state = step.state;
    }
    if (state == http1::ChunkedDecoder::State::kBad) {
      co_return ApiError{400, "bad_request",
                         "Malformed HTTP request: bad chunked coding."};
    }
    if (body_size_ > limits_.max_body_bytes) co_return TooLarge();
    if (state == http1::ChunkedDecoder::State::kDone) {
      if (came_whole) {
        left_in_input_ = begun.size() - encoded.size();
        co_return std::nullopt;
      }
      // The next request may have come along.
      stream_.Unread(encoded);
      co_return std::nullopt;
    }
    if (body_capacity_ - body_size_ < kReadRoom) {
      if (auto error = Reserve(body_capacity_ * 2, body_size_)) co_return error;
    }
    const std::size_t bytes = co_await ReadMoreBody(body_size_);
    if (bytes == 0) co_return BodyEnded();
    filled = body_size_ + bytes;
  }
}

}  // namespace weir::dataplane
