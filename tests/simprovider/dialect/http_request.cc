#include "tests/simprovider/dialect/http_request.h"

#include <algorithm>

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

constexpr std::size_t kFirstRoom = 4096;
constexpr std::size_t kMaxHead = 256 << 10;
constexpr std::uint64_t kMaxBody = 1 << 30;
// Behind the body, for simdjson.
constexpr std::size_t kPadding = 64;
// A buffer that grew for one large body is not kept for the connection's life.
constexpr std::size_t kKeptRoom = 64 << 10;

// RFC 9110 5.6.2.
constexpr std::string_view kTokenCharacters =
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool IsToken(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of(kTokenCharacters) == std::string_view::npos;
}

// The line that begins at `at`, without its CRLF; moves `at` behind that.
std::string_view TakeLine(std::string_view text, std::size_t& at) {
  const std::size_t end = text.find("\r\n", at);
  const std::string_view line = text.substr(at, end - at);
  at = end + 2;
  return line;
}

bool ParseRequestLine(std::string_view line, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  request.method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(request.method) || target.empty() || target.front() != '/' ||
      target.find(' ') != std::string_view::npos) {
    return false;
  }
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  request.query = question == std::string_view::npos
                      ? std::string_view()
                      : target.substr(question + 1);
  request.reuse = version == "HTTP/1.1" ? Reuse::kKeepOpen : Reuse::kClose;
  return version == "HTTP/1.1" || version == "HTTP/1.0";
}

bool ParseHead(std::string_view head, Request& request) {
  std::size_t at = 0;
  request.head = head;
  request.headers.clear();
  if (!ParseRequestLine(TakeLine(head, at), request)) return false;
  for (;;) {
    const std::string_view line = TakeLine(head, at);
    if (line.empty()) return true;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
      return false;
    }
    request.headers.push_back(
        {line.substr(0, colon), text::Strip(line.substr(colon + 1))});
    if (text::EqualsIgnoreCase(request.headers.back().name, "connection") &&
        text::EqualsIgnoreCase(request.headers.back().value, "close")) {
      request.reuse = Reuse::kClose;
    }
  }
}

}  // namespace

std::optional<std::string_view> Request::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (text::EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

absl::Span<char> RequestReader::Room() {
  if (begin_ == end_) begin_ = end_ = 0;
  std::size_t want = kFirstRoom;
  if (head_size_ > 0 && head_size_ + content_length_ > end_ - begin_) {
    // Known to come: one allocation for all of a large body.
    want = head_size_ + content_length_ - (end_ - begin_);
  }
  if (buffer_.size() < end_ + want + kPadding) {
    buffer_.erase(0, begin_);
    end_ -= begin_;
    begin_ = 0;
    buffer_.resize(std::max(buffer_.size() * 2, end_ + want + kPadding));
  }
  return absl::MakeSpan(buffer_).subspan(end_,
                                         buffer_.size() - kPadding - end_);
}

RequestReader::Progress RequestReader::Next(Request& request) {
  const bool resumed = head_size_ > 0;
  if (!resumed) {
    const Progress head = ReadHead(request);
    if (head != Progress::kComplete) return head;
  }
  if (const std::optional<Progress> body = ReadBody(); !body) {
    const bool waits = !resumed && request.Find("expect").has_value();
    return waits ? Progress::kWantsContinue : Progress::kIncomplete;
  } else if (*body == Progress::kInvalid) {
    return *body;
  }
  // The buffer may have moved since the head was read.
  const std::string_view pending = Pending();
  if (resumed) ParseHead(pending.substr(0, head_size_), request);
  request.body = framing_ == Framing::kChunked
                     ? std::string_view(decoded_)
                     : pending.substr(head_size_, content_length_);
  return Progress::kComplete;
}

RequestReader::Progress RequestReader::ReadHead(Request& request) {
  const std::string_view pending = Pending();
  const std::size_t end = pending.find("\r\n\r\n", scanned_);
  if (end == std::string_view::npos) {
    scanned_ = pending.size() < 3 ? 0 : pending.size() - 3;
    return pending.size() > kMaxHead ? Progress::kInvalid
                                     : Progress::kIncomplete;
  }
  if (!ParseHead(pending.substr(0, end + 4), request)) {
    return Progress::kInvalid;
  }
  int framings = 0;
  framing_ = Framing::kLength;
  content_length_ = 0;
  for (const Header& header : request.headers) {
    if (text::EqualsIgnoreCase(header.name, "content-length")) {
      ++framings;
      const auto length = text::ParseInteger<std::uint64_t>(header.value);
      if (!length || *length > kMaxBody) return Progress::kInvalid;
      content_length_ = *length;
    } else if (text::EqualsIgnoreCase(header.name, "transfer-encoding")) {
      ++framings;
      framing_ = Framing::kChunked;
      if (!text::EqualsIgnoreCase(header.value, "chunked")) {
        return Progress::kInvalid;
      }
    }
  }
  if (framings > 1) return Progress::kInvalid;
  head_size_ = chunks_read_ = end + 4;
  decoded_.clear();
  return Progress::kComplete;
}

std::optional<RequestReader::Progress> RequestReader::ReadBody() {
  if (framing_ == Framing::kChunked) return ReadChunks();
  if (end_ - begin_ < head_size_ + content_length_) return std::nullopt;
  return Progress::kComplete;
}

std::optional<RequestReader::Progress> RequestReader::ReadChunks() {
  const std::string_view pending = Pending();
  for (;;) {
    std::size_t at = chunks_read_;
    if (pending.find("\r\n", at) == std::string_view::npos) return std::nullopt;
    const std::string_view line = TakeLine(pending, at);
    const auto size =
        text::ParseInteger<std::uint64_t>(line.substr(0, line.find(';')), 16);
    if (!size || *size > kMaxBody - decoded_.size()) return Progress::kInvalid;
    if (pending.size() < at + *size + 2) return std::nullopt;
    // The end of a chunk; after the last one trailers are not supported.
    if (pending.substr(at + *size, 2) != "\r\n") return Progress::kInvalid;
    decoded_.append(pending.substr(at, *size));
    chunks_read_ = at + *size + 2;
    if (*size == 0) break;
  }
  decoded_.reserve(decoded_.size() + kPadding);
  return Progress::kComplete;
}

void RequestReader::Discard() {
  begin_ += framing_ == Framing::kChunked
                ? chunks_read_
                : head_size_ + static_cast<std::size_t>(content_length_);
  head_size_ = scanned_ = 0;
  if (begin_ == end_ && buffer_.size() > kKeptRoom) {
    buffer_.clear();
    buffer_.shrink_to_fit();
    begin_ = end_ = 0;
  }
}

}  // namespace weir::simprovider
