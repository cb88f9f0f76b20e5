#include "tests/simprovider/playback.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

constexpr std::string_view kComment = ": keep-alive\n\n";
// Where a truncated stream ends if the fault does not say.
constexpr std::size_t kTruncatedEvents = 2;

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

// The status line and the headers that every answer has.
void AppendStatus(const Answer& answer, std::string& out) {
  text::Append(out, "HTTP/1.1 ", answer.status, " ", ReasonOf(answer.status),
               "\r\ncontent-type: ", answer.content_type, "\r\n",
               answer.header_lines);
}

std::string Repeat(std::string_view text, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

}  // namespace

Playback::Playback(Answer answer, Delivery delivery)
    : answer_(std::move(answer)),
      delivery_(std::move(delivery)),
      comments_left_(delivery_.comments) {}

Playback::Step Playback::Next(std::string& out) {
  const std::size_t before = out.size();
  const Step step = Compose(out);
  sent_ += out.size() - before;
  if (delivery_.cut && sent_ >= delivery_.cut->after_bytes) {
    out.resize(out.size() - (sent_ - delivery_.cut->after_bytes));
    return delivery_.cut->ending;
  }
  return step;
}

Playback::Step Playback::Compose(std::string& out) {
  if (delivery_.garbage) {
    out += *delivery_.garbage;
    return delivery_.ending;
  }
  if (answer_.events == nullptr || delivery_.omit_body) {
    return ComposeWhole(out);
  }
  if (!std::exchange(head_sent_, true)) AppendHead(out);
  if (comments_left_ > 0) {
    --comments_left_;
    text::Append(out, text::Hex{kComment.size()}, "\r\n", kComment, "\r\n");
    return After{delivery_.comment_gap};
  }
  return ComposeEvent(out);
}

Playback::Step Playback::ComposeWhole(std::string& out) {
  AppendHead(out);
  if (delivery_.omit_body) return delivery_.ending;
  if (!delivery_.truncate) {
    out += answer_.body;
    return delivery_.ending;
  }
  const std::size_t size = answer_.body.size();
  out.append(
      answer_.body, 0,
      std::min(size, delivery_.truncate->after_bytes.value_or(size / 2)));
  return Ending::kClose;
}

void Playback::AppendHead(std::string& out) const {
  AppendStatus(answer_, out);
  if (delivery_.ending == Ending::kClose) out += "connection: close\r\n";
  if (answer_.events != nullptr) {
    out += "transfer-encoding: chunked\r\n\r\n";
  } else {
    text::Append(out, "content-length: ", answer_.body.size(), "\r\n\r\n");
  }
}

Playback::Step Playback::ComposeEvent(std::string& out) {
  event_.clear();
  if (delivery_.error && events_ >= delivery_.error->after_events) {
    const std::optional<Step> end = AppendEvent(delivery_.error->event, out);
    return end ? *end : EndStream(out);
  }
  const Pace pace = answer_.events->Next(event_);
  if (const std::optional<Step> end = AppendEvent(event_, out)) return *end;
  if (pace == Pace::kEnd) return EndStream(out);
  return After{pace == Pace::kToken ? delivery_.token_gap
                                    : absl::ZeroDuration()};
}

std::optional<Playback::Step> Playback::AppendEvent(std::string_view payload,
                                                    std::string& out) {
  bool last = false;
  if (const auto& truncate = delivery_.truncate) {
    const bool by_bytes = truncate->after_bytes.has_value();
    if (by_bytes && event_bytes_ + payload.size() >= *truncate->after_bytes) {
      payload = payload.substr(0, *truncate->after_bytes - event_bytes_);
      last = true;
    }
    const std::size_t events =
        truncate->after_events.value_or(kTruncatedEvents);
    if (!by_bytes && events_ >= events) {
      payload = {};
      last = true;
    }
  }
  if (!payload.empty()) {
    text::Append(out, text::Hex{payload.size()}, "\r\n", payload, "\r\n");
  }
  ++events_;
  event_bytes_ += payload.size();
  if (!last) return std::nullopt;
  if (delivery_.truncate->end == TruncateFault::End::kAbrupt) {
    return Ending::kClose;
  }
  return EndStream(out);
}

Playback::Step Playback::EndStream(std::string& out) {
  out += "0\r\n\r\n";
  return delivery_.ending;
}

std::string GarbageFor(const GarbageFault& fault, const Answer& answer) {
  std::string line;
  AppendStatus(answer, line);
  const std::string& body = answer.body;
  const std::string chunked =
      text::Cat(text::Hex{body.size()}, "\r\n", body, "\r\n0\r\n\r\n");
  const std::string length = text::Cat("content-length: ", body.size(), "\r\n");
  switch (fault.kind) {
    case GarbageFault::Kind::kNotHttp:
      return "\x16\x03\x01 this is no HTTP\r\n\r\n";
    case GarbageFault::Kind::kTwoLengths:
      return text::Cat(line, length, "transfer-encoding: chunked\r\n\r\n",
                       chunked);
    case GarbageFault::Kind::kTwoContentLengths:
      return text::Cat(line, length, "content-length: 1\r\n\r\n", body);
    case GarbageFault::Kind::kBadChunk:
      return text::Cat(line, "transfer-encoding: chunked\r\n\r\nzz\r\n", body,
                       "\r\n0\r\n\r\n");
    case GarbageFault::Kind::kLargeHead:
      return text::Cat(line, Repeat("x-filler: filler\r\n", fault.bytes),
                       length, "\r\n", body);
    case GarbageFault::Kind::kTwoAnswers:
      return text::Cat(line, length, "\r\n", body,
                       "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled");
  }
  return "";
}

}  // namespace weir::simprovider
