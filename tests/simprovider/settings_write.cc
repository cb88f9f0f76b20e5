#include <algorithm>

#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/settings_json.h"

namespace weir::simprovider {
namespace {

// The members of one JSON object. A member without a value is left out.
class Members {
 public:
  Members& Raw(std::string_view name, std::string_view json) {
    text::Append(text_, text_.empty() ? "" : ",", text::JsonString(name), ":",
                 json);
    return *this;
  }
  Members& Text(std::string_view name, std::string_view value) {
    return Raw(name, text::JsonString(value));
  }
  Members& Number(std::string_view name, double value) {
    return Raw(name, text::Cat(value));
  }
  Members& Duration(std::string_view name, absl::Duration value) {
    return Text(name, absl::FormatDuration(value));
  }
  Members& Match(const weir::simprovider::Match& match) {
    if (match.probability < 1.0) Number("probability", match.probability);
    if (!match.path.empty()) Text("path", match.path);
    if (!match.model.empty()) Text("model", match.model);
    if (match.remaining != nullptr) {
      Raw("count",
          text::Cat(std::max<std::int64_t>(0, match.remaining->load())));
    }
    return *this;
  }
  std::string Object() const { return text::Cat("{", text_, "}"); }

 private:
  std::string text_;
};

std::string Write(const StatusFault& fault) {
  Members members;
  members.Raw("code", text::Cat(fault.code));
  if (!fault.headers.empty()) {
    Members headers;
    for (const auto& [name, value] : fault.headers) headers.Text(name, value);
    members.Raw("headers", headers.Object());
  }
  if (fault.body) members.Text("body", *fault.body);
  return members.Match(fault.match).Object();
}

std::string Write(const CutFault& fault) {
  return Members()
      .Raw("after_bytes", text::Cat(fault.after_bytes))
      .Match(fault.match)
      .Object();
}

std::string Write(const TruncateFault& fault) {
  Members members;
  if (fault.after_bytes) {
    members.Raw("after_bytes", text::Cat(*fault.after_bytes));
  }
  if (fault.after_events) {
    members.Raw("after_events", text::Cat(*fault.after_events));
  }
  members.Text("end",
               fault.end == TruncateFault::End::kClean ? "clean" : "abrupt");
  return members.Match(fault.match).Object();
}

std::string_view NameOf(GarbageFault::Kind kind) {
  switch (kind) {
    case GarbageFault::Kind::kNotHttp:
      return "not_http";
    case GarbageFault::Kind::kTwoLengths:
      return "two_lengths";
    case GarbageFault::Kind::kTwoContentLengths:
      return "two_content_lengths";
    case GarbageFault::Kind::kBadChunk:
      return "bad_chunk";
    case GarbageFault::Kind::kLargeHead:
      return "large_head";
    case GarbageFault::Kind::kTwoAnswers:
      return "two_answers";
  }
  return "";
}

std::string Write(const GarbageFault& fault) {
  return Members()
      .Text("kind", NameOf(fault.kind))
      .Raw("bytes", text::Cat(fault.bytes))
      .Match(fault.match)
      .Object();
}

std::string Write(const StreamErrorFault& fault) {
  Members members;
  members.Raw("after_events", text::Cat(fault.after_events));
  if (fault.body) members.Raw("body", *fault.body);
  return members.Match(fault.match).Object();
}

std::string Write(const CommentsFault& fault) {
  return Members()
      .Raw("lines", text::Cat(fault.lines))
      .Duration("interval", fault.interval)
      .Match(fault.match)
      .Object();
}

std::string Write(const RateLimit& limit) {
  return Members()
      .Raw("requests", text::Cat(limit.requests))
      .Duration("window", limit.window)
      .Object();
}

std::string Write(double number) { return text::Cat(number); }
std::string Write(const std::string& text) { return text::JsonString(text); }
std::string Write(absl::Duration duration) {
  return text::JsonString(absl::FormatDuration(duration));
}

template <typename T>
std::string OrNull(const std::optional<T>& value) {
  return value ? Write(*value) : "null";
}

}  // namespace

std::string SettingsToJson(const Settings& s) {
  return Members()
      .Text("latency", s.latency.text())
      .Raw("tokens_per_second", OrNull(s.tokens_per_second))
      .Raw("tokens", text::Cat(s.tokens))
      .Raw("tool_calls", text::Cat(s.tool_calls))
      .Text("call_order",
            s.call_order == CallOrder::kInTurn ? "in_turn" : "interleaved")
      .Text("failure_form",
            s.failure_form == FailureForm::kError ? "error" : "response.failed")
      .Raw("cached_tokens", text::Cat(s.cached_tokens))
      .Raw("models",
           text::Cat(
               "[",
               absl::StrJoin(s.models, ",",
                             [](std::string* out, const std::string& model) {
                               out->append(text::JsonString(model));
                             }),
               "]"))
      .Raw("api_key", OrNull(s.api_key))
      .Raw("idle_close", OrNull(s.idle_close))
      .Raw("rate_limit", OrNull(s.rate_limit))
      .Raw("status", OrNull(s.status))
      .Raw("hang", OrNull(s.hang))
      .Raw("reset_connection", OrNull(s.reset_connection))
      .Raw("truncate", OrNull(s.truncate))
      .Raw("garbage", OrNull(s.garbage))
      .Raw("stream_error", OrNull(s.stream_error))
      .Raw("comments", OrNull(s.comments))
      .Object();
}

}  // namespace weir::simprovider
