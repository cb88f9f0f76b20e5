#include "bench/loadgen/response_reader.h"

#include <algorithm>

#include "bench/text/text.h"

namespace weir::bench {
namespace {

constexpr std::size_t kMaxHead = 256 << 10;
constexpr std::size_t kMaxChunkLine = 64;
constexpr std::size_t kKeptErrorBody = 300;

// Takes up to `size` bytes from the front.
std::string_view Take(std::string_view& bytes, std::uint64_t size) {
  const std::string_view taken = bytes.substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size())));
  bytes.remove_prefix(taken.size());
  return taken;
}

}  // namespace

ResponseReader::State ResponseReader::Feed(std::string_view bytes) {
  if (state_ == State::kNothing && !bytes.empty()) state_ = State::kHead;
  if (state_ == State::kHead) state_ = FeedHead(bytes);
  if (state_ == State::kBody) state_ = FeedBody(bytes);
  if (state_ == State::kComplete && !bytes.empty()) state_ = State::kInvalid;
  return state_;
}

ResponseReader::State ResponseReader::End() {
  if (state_ == State::kBody && framing_ == Framing::kUntilClose) {
    state_ = State::kComplete;
  }
  return state_;
}

void ResponseReader::Reset() {
  state_ = State::kNothing;
  head_.clear();
  chunk_line_.clear();
  counted_value_.clear();
  error_body_.clear();
  events_.Reset();
}

ResponseReader::State ResponseReader::FeedHead(std::string_view& bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  std::size_t end = head_.empty() ? bytes.find(kEnd) : std::string_view::npos;
  if (end != std::string_view::npos) {
    // The usual case: all of the head at once, no copy.
    const bool parsed = ParseHead(bytes.substr(0, end + 2));
    bytes.remove_prefix(end + kEnd.size());
    return parsed ? State::kBody : State::kInvalid;
  }
  const std::size_t before = head_.size();
  head_.append(bytes);
  end = head_.find(kEnd, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    bytes = {};
    return head_.size() > kMaxHead ? State::kInvalid : State::kHead;
  }
  bytes.remove_prefix(end + kEnd.size() - before);
  return ParseHead(std::string_view(head_).substr(0, end + 2))
             ? State::kBody
             : State::kInvalid;
}

bool ResponseReader::ParseHead(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  framing_ = Framing::kUntilClose;
  keeps_open_ = true;
  is_stream_ = false;
  expect_ = Expect::kSize;
  if (!head.starts_with(kVersion)) return false;
  const auto status = text::ParseInteger<int>(head.substr(kVersion.size(), 3));
  if (!status) return false;
  status_ = *status;
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    OnHeader(line.substr(0, colon), text::Strip(line.substr(colon + 1)));
  }
  if (status_ == 204 || status_ == 304) {
    framing_ = Framing::kLength;
    left_ = 0;
  }
  return true;
}

void ResponseReader::OnHeader(std::string_view name, std::string_view value) {
  if (text::EqualsIgnoreCase(name, "content-length")) {
    framing_ = Framing::kLength;
    left_ = text::ParseInteger<std::uint64_t>(value).value_or(0);
  } else if (text::EqualsIgnoreCase(name, "transfer-encoding")) {
    framing_ = Framing::kChunked;
  } else if (text::EqualsIgnoreCase(name, "connection")) {
    keeps_open_ = !text::EqualsIgnoreCase(value, "close");
  } else if (text::EqualsIgnoreCase(name, "content-type")) {
    is_stream_ = value.starts_with("text/event-stream");
  }
  if (!counted_header_.empty() &&
      text::EqualsIgnoreCase(name, counted_header_)) {
    counted_value_ = value;
  }
}

ResponseReader::State ResponseReader::FeedBody(std::string_view& bytes) {
  switch (framing_) {
    case Framing::kLength: {
      const std::string_view payload = Take(bytes, left_);
      left_ -= payload.size();
      OnPayload(payload);
      return left_ == 0 ? State::kComplete : State::kBody;
    }
    case Framing::kChunked:
      return FeedChunks(bytes);
    case Framing::kUntilClose:
      OnPayload(bytes);
      bytes = {};
      return State::kBody;
  }
  return State::kInvalid;
}

ResponseReader::State ResponseReader::FeedChunks(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (expect_ == Expect::kData) {
      const std::string_view payload = Take(bytes, left_);
      left_ -= payload.size();
      OnPayload(payload);
      if (left_ == 0) expect_ = Expect::kDataEnd;
      continue;
    }
    const std::size_t end = bytes.find('\n');
    chunk_line_.append(
        Take(bytes, end == std::string_view::npos ? bytes.size() : end + 1));
    if (chunk_line_.size() > kMaxChunkLine) return State::kInvalid;
    if (end == std::string_view::npos) break;
    const std::optional<State> state = OnChunkLine();
    if (!state) return State::kInvalid;
    if (*state == State::kComplete) return *state;
    chunk_line_.clear();
  }
  return State::kBody;
}

std::optional<ResponseReader::State> ResponseReader::OnChunkLine() {
  if (!chunk_line_.ends_with("\r\n")) return std::nullopt;
  const std::string_view line =
      std::string_view(chunk_line_).substr(0, chunk_line_.size() - 2);
  if (expect_ == Expect::kSize) {
    const auto size =
        text::ParseInteger<std::uint64_t>(line.substr(0, line.find(';')), 16);
    if (!size) return std::nullopt;
    left_ = *size;
    expect_ = *size == 0 ? Expect::kLastEnd : Expect::kData;
    return State::kBody;
  }
  if (!line.empty()) return std::nullopt;
  if (expect_ == Expect::kLastEnd) return State::kComplete;
  expect_ = Expect::kSize;
  return State::kBody;
}

void ResponseReader::OnPayload(std::string_view payload) {
  if (is_stream_) events_.Feed(payload);
  if (status_ / 100 != 2 && error_body_.size() < kKeptErrorBody) {
    error_body_.append(payload.substr(0, kKeptErrorBody - error_body_.size()));
  }
}

}  // namespace weir::bench
