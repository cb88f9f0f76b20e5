#include "tests/simprovider/anthropic/anthropic.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "common/random.h"
#include "tests/simprovider/anthropic/check.h"
#include "tests/simprovider/anthropic/message.h"
#include "tests/simprovider/anthropic/read_ask.h"
#include "tests/simprovider/dialect/echo.h"
#include "tests/simprovider/dialect/reply.h"

namespace weir::simprovider {
namespace {

constexpr std::string_view kMessages = "/v1/messages";
constexpr std::string_view kCountTokens = "/v1/messages/count_tokens";
constexpr std::string_view kModels = "/v1/models";

std::string ModelObject(std::string_view id) {
  return text::Cat(R"({"type":"model","id":)", text::JsonString(id),
                   R"(,"display_name":)", text::JsonString(id),
                   R"(,"created_at":"2025-09-29T00:00:00Z"})");
}

// https://docs.anthropic.com/en/api/errors
std::string_view TypeOf(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

bool Serves(const Circumstances& circumstances, std::string_view model) {
  const auto& models = circumstances.models;
  return models.empty() ||
         std::find(models.begin(), models.end(), model) != models.end();
}

}  // namespace

Anthropic::Anthropic(std::string_view name)
    : name_(name), wording_(name), last_id_(SystemRandom().Bits()) {}

Answer Anthropic::Respond(const Request& request,
                          const Circumstances& circumstances) {
  digits_ = text::Cat(text::Hex{++last_id_, 16});
  Answer answer = Dispatch(request, circumstances);
  text::Append(answer.header_lines, "request-id: req_", digits_, "\r\n");
  return answer;
}

Answer Anthropic::Dispatch(const Request& request,
                           const Circumstances& circumstances) {
  const std::string_view path = request.path;
  if (!path.starts_with("/v1/")) return Error(404, "Not Found");
  if (!request.Find("anthropic-version")) {
    return Error(400, "anthropic-version: header is required");
  }
  if (request.method == "POST" && (path == kMessages || path == kCountTokens)) {
    return Post(request, circumstances);
  }
  if (request.method == "GET" &&
      (path == kModels || path.starts_with("/v1/models/"))) {
    return List(request, circumstances);
  }
  return EchoAnswer(request, name_);
}

Answer Anthropic::Post(const Request& request,
                       const Circumstances& circumstances) {
  simdjson::dom::element root;
  // The reader keeps padding behind the body, so nothing is copied.
  if (parser_.parse(request.body.data(), request.body.size(), false)
              .get(root) != simdjson::SUCCESS ||
      !root.is_object()) {
    return Error(400, "The request body is not valid JSON");
  }
  const Endpoint endpoint =
      request.path == kMessages ? Endpoint::kMessages : Endpoint::kCountTokens;
  const Strictness strictness = request.Find("anthropic-beta")
                                    ? Strictness::kUnknownFieldsToo
                                    : Strictness::kKnownFieldsOnly;
  Answer answer;
  const AnthropicAsk ask = ReadAnthropicAsk(root, request.body.size());
  if (const auto fault = FaultOf(root, endpoint, strictness)) {
    answer = Error(400, *fault);
  } else if (!Serves(circumstances, ask.ask.model)) {
    answer = Error(404, text::Cat("model: ", ask.ask.model));
  } else if (endpoint == Endpoint::kCountTokens) {
    answer.body = text::Cat(R"({"input_tokens":)", PromptTokens(ask.ask), "}");
  } else {
    answer = MessageAnswer(
        {digits_, ask, ReplyTo(ask.ask, circumstances, wording_)});
  }
  answer.model = ask.ask.model;
  return answer;
}

Answer Anthropic::List(const Request& request,
                       const Circumstances& circumstances) const {
  Answer answer;
  const auto& models = circumstances.models;
  if (request.path == kModels) {
    const auto object = [](std::string* out, const std::string& model) {
      out->append(ModelObject(model));
    };
    const auto id = [&models](bool known, std::size_t index) {
      return known ? text::JsonString(models[index]) : std::string("null");
    };
    answer.body = text::Cat(R"({"data":[)", absl::StrJoin(models, ",", object),
                            R"(],"has_more":false,"first_id":)",
                            id(!models.empty(), 0), R"(,"last_id":)",
                            id(!models.empty(), models.size() - 1), "}");
    return answer;
  }
  const std::string_view id = request.path.substr(kModels.size() + 1);
  if (!Serves(circumstances, id)) return Error(404, text::Cat("model: ", id));
  answer.body = ModelObject(id);
  return answer;
}

bool Anthropic::ShowsKey(const Request& request, std::string_view key) const {
  if (request.Find("x-api-key") == key) return true;
  std::string_view shown = request.Find("authorization").value_or("");
  return text::ConsumePrefix(shown, "Bearer ") && shown == key;
}

Answer Anthropic::WrongKey() const { return Error(401, "invalid x-api-key"); }

Answer Anthropic::Error(int status, std::string_view message) const {
  Answer answer;
  answer.status = status;
  answer.body = ErrorBody(status, message);
  return answer;
}

std::string Anthropic::ErrorBody(int status, std::string_view message) const {
  return text::Cat(R"({"type":"error","error":{"type":")", TypeOf(status),
                   R"(","message":)", text::JsonString(message),
                   R"(},"request_id":"req_)", digits_, R"("})");
}

std::string Anthropic::ErrorEvent(const Answer&, std::size_t,
                                  std::string_view error_body) const {
  return text::Cat("event: error\ndata: ", error_body, "\n\n");
}

Answer Anthropic::TooManyRequests(const RateState& rate) const {
  Answer answer =
      Error(429,
            "This request would exceed your account's rate limit. Please try "
            "again later.");
  const std::string reset = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ",
      absl::FromUnixSeconds(rate.unix_seconds + rate.reset_seconds),
      absl::UTCTimeZone());
  text::Append(answer.header_lines, "retry-after: ", rate.reset_seconds,
               "\r\nanthropic-ratelimit-requests-limit: ", rate.limit,
               "\r\nanthropic-ratelimit-requests-remaining: ", rate.remaining,
               "\r\nanthropic-ratelimit-requests-reset: ", reset, "\r\n");
  return answer;
}

}  // namespace weir::simprovider
