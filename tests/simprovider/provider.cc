#include "tests/simprovider/provider.h"

#include <cmath>
#include <string_view>
#include <utility>

#include "bench/text/text.h"
#include "tests/simprovider/settings_json.h"

namespace weir::simprovider {
namespace {

// Whole seconds, rounded up, as Retry-After wants them.
std::int64_t Seconds(absl::Duration duration) {
  return static_cast<std::int64_t>(std::ceil(absl::ToDoubleSeconds(duration)));
}

absl::Duration TokenGap(const Settings& settings) {
  if (!settings.tokens_per_second) return absl::ZeroDuration();
  return absl::Seconds(1) / *settings.tokens_per_second;
}

}  // namespace

Provider::Provider(Parts parts) : parts_(std::move(parts)) {}

const Settings& Provider::Refresh() {
  if (const std::uint64_t now = parts_.control.version(); now != version_) {
    version_ = now;
    settings_ = parts_.control.Current();
  }
  return *settings_;
}

std::optional<absl::Duration> Provider::idle_close() {
  return Refresh().idle_close;
}

Provider::Reaction Provider::React(const Request& request,
                                   Stats::Connection connection) {
  Refresh();
  if (request.path.starts_with("/__")) {
    Delivery delivery;
    if (request.reuse == Reuse::kClose) delivery.ending = Ending::kClose;
    return {Playback(Admin(request), std::move(delivery)), Subject::kSimulator};
  }
  Answer answer = Decide(request);
  Delivery delivery = DeliveryOf(request, answer);
  parts_.stats.Began(request, parts_.board.NextSequence(), answer.model,
                     answer.status, connection);
  return {Playback(std::move(answer), std::move(delivery)), Subject::kModel};
}

Answer Provider::Decide(const Request& request) {
  if (std::optional<Answer> refusal = Refusal(request)) {
    return *std::move(refusal);
  }
  Answer answer = parts_.dialect->Respond(
      request,
      Circumstances{.tokens = settings_->tokens,
                    .unix_seconds = absl::ToUnixSeconds(parts_.clock.WallNow()),
                    .models = settings_->models,
                    .tool_calls = settings_->tool_calls,
                    .call_order = settings_->call_order,
                    .failure_form = settings_->failure_form,
                    .cached_tokens = settings_->cached_tokens});
  text::Append(answer.header_lines, "x-simprovider: ", parts_.name, "\r\n");
  const auto& fault = settings_->status;
  if (fault && fault->match.Hits(request.path, answer.model, *parts_.random)) {
    Fail(*fault, answer);
  }
  return answer;
}

std::optional<Answer> Provider::Refusal(const Request& request) {
  if (settings_->api_key &&
      !parts_.dialect->ShowsKey(request, *settings_->api_key)) {
    return Signed(parts_.dialect->WrongKey());
  }
  return settings_->rate_limit ? OverLimit() : std::nullopt;
}

std::optional<Answer> Provider::OverLimit() {
  const RateLimit& limit = *settings_->rate_limit;
  const Control::Allowance allowance =
      parts_.control.Count(limit, parts_.clock.Now());
  if (allowance.granted) return std::nullopt;
  return Signed(parts_.dialect->TooManyRequests(
      {.limit = limit.requests,
       .remaining = allowance.remaining,
       .reset_seconds = Seconds(allowance.until_reset),
       .unix_seconds = absl::ToUnixSeconds(parts_.clock.WallNow())}));
}

void Provider::Fail(const StatusFault& fault, Answer& answer) const {
  answer.status = fault.code;
  answer.events.reset();
  answer.tokens = 0;
  answer.content_type = "application/json";
  answer.body = fault.body.value_or(parts_.dialect->ErrorBody(
      fault.code, text::Cat(parts_.name, " was told to fail.")));
  for (const auto& [name, value] : fault.headers) {
    if (text::EqualsIgnoreCase(name, "content-type")) {
      answer.content_type = value;
    } else {
      text::Append(answer.header_lines, name, ": ", value, "\r\n");
    }
  }
}

Answer Provider::Admin(const Request& request) {
  Answer answer;
  const bool post = request.method == "POST";
  if (request.path == "/__control") {
    if (post) {
      const absl::Status merged = parts_.control.Merge(request.body);
      if (!merged.ok()) return Error(400, text::Cat(merged.message()));
    }
    answer.body = SettingsToJson(*parts_.control.Current());
  } else if (request.path == "/__stats" && !post) {
    answer.body = parts_.board.ToJson(parts_.name);
  } else if (request.path == "/__stats/reset" && post) {
    parts_.board.Reset();
    answer.body = parts_.board.ToJson(parts_.name);
  } else {
    return Error(404,
                 "There are GET and POST /__control, GET /__stats and "
                 "POST /__stats/reset.");
  }
  return answer;
}

Delivery Provider::DeliveryOf(const Request& request, const Answer& answer) {
  Delivery delivery;
  delivery.first_wait = settings_->latency.Sample(*parts_.random);
  delivery.token_gap = TokenGap(*settings_);
  // A whole answer comes when all of it is generated.
  if (answer.events == nullptr) {
    delivery.first_wait += delivery.token_gap * answer.tokens;
  }
  if (request.reuse == Reuse::kClose) delivery.ending = Ending::kClose;
  delivery.omit_body = request.method == "HEAD";
  AddFaults(request, answer, delivery);
  return delivery;
}

void Provider::AddFaults(const Request& request, const Answer& answer,
                         Delivery& delivery) {
  const auto hits = [&](const auto& fault) {
    return fault &&
           fault->match.Hits(request.path, answer.model, *parts_.random);
  };
  const Settings& s = *settings_;
  if (hits(s.reset_connection)) {
    delivery.cut = {s.reset_connection->after_bytes, Ending::kReset};
  } else if (hits(s.hang)) {
    delivery.cut = {s.hang->after_bytes, Ending::kSilence};
  }
  if (hits(s.truncate)) delivery.truncate = s.truncate;
  if (hits(s.garbage)) delivery.garbage = GarbageFor(*s.garbage, answer);
  // The other two befall streams, and only those use up their count.
  if (answer.events == nullptr) return;
  if (hits(s.stream_error)) {
    delivery.error = {
        s.stream_error->after_events,
        parts_.dialect->ErrorEvent(
            answer, s.stream_error->after_events,
            s.stream_error->body.value_or(parts_.dialect->ErrorBody(
                parts_.dialect->BreakdownStatus(),
                text::Cat(parts_.name, " was told to fail."))))};
  }
  // Only server-sent events have comments.
  if (answer.content_type.starts_with("text/event-stream") &&
      hits(s.comments)) {
    delivery.comments = s.comments->lines;
    delivery.comment_gap = s.comments->interval;
  }
}

Answer Provider::Error(int status, std::string_view message) const {
  Answer answer;
  answer.status = status;
  answer.body = parts_.dialect->ErrorBody(status, message);
  return Signed(std::move(answer));
}

Answer Provider::Signed(Answer answer) const {
  text::Append(answer.header_lines, "x-simprovider: ", parts_.name, "\r\n");
  return answer;
}

}  // namespace weir::simprovider
