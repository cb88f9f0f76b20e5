#include "dataplane/account/answer_head.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>

#include "absl/time/time.h"
#include "common/text_writer.h"
#include "dataplane/account/limit_facts.h"
#include "dataplane/attempt/repeated_secret.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

std::string_view ReasonOf(int status) {
  switch (status) {
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      // RFC 9112 section 4: the reason may be empty, its space may not.
      return "";
  }
}

void AppendStatusLine(int status, TextWriter& out) {
  if (status == 200) return out.Write("HTTP/1.1 200 OK\r\n");
  out.Write("HTTP/1.1 ", ThreeDigits(status), " ", ReasonOf(status), "\r\n");
}

void AppendFraming(const AnswerFraming& framing, TextWriter& out) {
  if (const auto* length = std::get_if<KnownLength>(&framing)) {
    out.Write("content-length: ", length->bytes, "\r\n");
  } else if (std::holds_alternative<Chunked>(framing)) {
    out.Write("transfer-encoding: chunked\r\n");
  }
}

// To the billionth: a token of the cheapest models costs some tens of them.
void AppendCost(double dollars, TextWriter& out) {
  char digits[48];
  const auto end = std::to_chars(digits, digits + sizeof(digits), dollars,
                                 std::chars_format::fixed, 9);
  if (end.ec != std::errc()) return;
  out.Write(
      "x-weir-cost-usd: ",
      std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)),
      "\r\n");
}

void AppendFacts(const AnswerFacts& facts, TextWriter& out) {
  out.Write("x-request-id: ", facts.request_id, "\r\n");
  if (!facts.provider.empty()) {
    out.Write("x-weir-provider: ", facts.provider, "\r\n");
  }
  if (!facts.model.empty()) {
    out.Write("x-weir-model: ", facts.model, "\r\n");
  }
  if (facts.attempts > 0) {
    out.Write("x-weir-attempts: ", facts.attempts, "\r\n");
  }
  if (!facts.dropped.empty()) {
    out.Write("x-weir-dropped: ");
    for (const std::string_view name : facts.dropped) {
      out.Write(name.data() == facts.dropped.front().data() ? "" : ", ", name);
    }
    out.Write("\r\n");
  }
  if (facts.cost.has_value()) AppendCost(*facts.cost, out);
  if (facts.limits.requests.has_value() || facts.limits.tokens.has_value()) {
    std::string lines;
    AppendLimits(facts.limits, lines);
    out.Write(lines);
  }
  // Microseconds are enough, and integers are cheap to print.
  const std::int64_t us =
      std::max<std::int64_t>(0, absl::ToInt64Microseconds(facts.overhead));
  out.Write("x-weir-overhead-ms: ", us / 1000, ".", ThreeDigits(us % 1000),
            "\r\n");
}

void AppendEnd(AfterAnswer after, TextWriter& out) {
  if (after == AfterAnswer::kClose) out.Write("connection: close\r\n");
  out.Write("\r\n");
}

void AppendRetryAfter(absl::Duration wait, TextWriter& out) {
  const auto capped = std::clamp(wait, absl::Milliseconds(1), absl::Minutes(1));
  const std::int64_t seconds =
      absl::ToInt64Seconds(absl::Ceil(capped, absl::Seconds(1)));
  out.Write(
      "retry-after: ", seconds, "\r\nretry-after-ms: ",
      absl::ToInt64Milliseconds(absl::Ceil(capped, absl::Milliseconds(1))),
      "\r\n");
}

}  // namespace

void WriteAnswerHead(const http1::ResponseHead& provider_head,
                     const AnswerFacts& facts, const AnswerFraming& framing,
                     AfterAnswer after, bool is_stream, std::string& text) {
  TextWriter out(text);
  AppendStatusLine(provider_head.status, out);
  const bool may_repeat = !facts.secret.empty();
  for (std::size_t i = 0; i < provider_head.header_count; ++i) {
    const http1::Header& header = provider_head.headers[i];
    if (may_repeat && Repeats(header.value(), facts.secret)) continue;
    if (header.id() == http1::HeaderId::kOther ||
        header.id() == http1::HeaderId::kContentType) {
      out.Write(header.line());
    } else if (header.id() == http1::HeaderId::kRequestId) {
      // Clients quote x-request-id to us; the provider's is kept beside it.
      out.Write("x-weir-upstream-request-id: ", header.value(), "\r\n");
    }
  }
  AppendFacts(facts, out);
  if (is_stream) out.Write("x-accel-buffering: no\r\n");
  AppendFraming(framing, out);
  AppendEnd(after, out);
}

void WriteTranslatedHead(const http1::ResponseHead& provider_head,
                         const AnswerFacts& facts, const AnswerFraming& framing,
                         AfterAnswer after, bool is_stream, std::string& text) {
  TextWriter out(text);
  AppendStatusLine(provider_head.status, out);
  out.Write(is_stream ? "content-type: text/event-stream; charset=utf-8\r\n"
                        "cache-control: no-cache\r\n"
                      : "content-type: application/json\r\n");
  if (const auto* id = provider_head.Find(http1::HeaderId::kRequestId)) {
    out.Write("x-weir-upstream-request-id: ", id->value(), "\r\n");
  }
  AppendFacts(facts, out);
  if (is_stream) out.Write("x-accel-buffering: no\r\n");
  AppendFraming(framing, out);
  AppendEnd(after, out);
}

void WriteOwnHead(const OwnAnswer& answer, const AnswerFacts& facts,
                  std::uint64_t body_bytes, AfterAnswer after,
                  std::string& text) {
  TextWriter out(text);
  AppendStatusLine(answer.status, out);
  out.Write("content-type: ", answer.content_type, "\r\n");
  AppendFacts(facts, out);
  if (answer.error_source.has_value()) {
    out.Write(
        "x-weir-error-source: ",
        *answer.error_source == ErrorSource::kGateway ? "gateway" : "provider",
        "\r\n");
  }
  if (answer.should_retry.has_value()) {
    out.Write("x-should-retry: ", *answer.should_retry ? "true" : "false",
              "\r\n");
  }
  if (answer.retry_after.has_value()) {
    AppendRetryAfter(*answer.retry_after, out);
  }
  if (!answer.estimated.empty()) {
    out.Write("x-weir-estimated: ", answer.estimated, "\r\n");
  }
  if (!answer.allow.empty()) {
    out.Write("allow: ", answer.allow, "\r\n");
  }
  AppendFraming(KnownLength{body_bytes}, out);
  AppendEnd(after, out);
}

}  // namespace weir::dataplane
