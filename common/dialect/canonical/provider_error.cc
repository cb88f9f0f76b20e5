#include "common/dialect/canonical/provider_error.h"

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/json_members.h"

namespace weir::dialect::canonical {
namespace {

namespace dom = simdjson::dom;

// The object that holds the error; Google puts it into an array at times.
std::optional<dom::object> AnswerIn(dom::parser& parser,
                                    std::string_view body) {
  dom::element whole;
  if (parser.parse(body.data(), body.size()).get(whole)) return std::nullopt;
  if (dom::array list; whole.get(list) == simdjson::SUCCESS) {
    if (list.at(0).get(whole)) return std::nullopt;
  }
  dom::object answer;
  if (whole.get(answer)) return std::nullopt;
  return answer;
}

// Those that clients tell apart by more than the status. `said`: the provider's
// own code, which may be empty.
std::string_view CodeOf(int status, std::string_view said,
                        std::string_view message) {
  if (said == kTooLong || message.starts_with("prompt is too long") ||
      message.starts_with("This model's maximum context length") ||
      message.starts_with("The input token count") ||
      message.starts_with("input length and `max_tokens` exceed")) {
    return kTooLong;
  }
  switch (status) {
    case 404:
      return "model_not_found";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_exceeded";
    case 503:
    case 529:
      return "provider_overloaded";
    default:
      return status >= 500 ? "provider_failed" : "invalid_request";
  }
}

}  // namespace

std::optional<Failed> ErrorIn(const dom::object& answer) {
  dom::element error;
  if (answer.at_key("error").get(error) || error.is_null()) {
    return std::nullopt;
  }
  if (std::string_view text; error.get(text) == simdjson::SUCCESS) {
    return Failed{{}, text};
  }
  dom::object object;
  if (error.get(object)) return Failed{{}, {}};
  std::string_view type = StringAt(object, "type");
  if (type.empty()) type = StringAt(object, "status");
  if (type.empty()) type = StringAt(object, "code");
  return Failed{type, StringAt(object, "message")};
}

ApiError ErrorOfBody(int status, std::string_view body) {
  dom::parser parser;
  std::string message;
  std::string_view said;
  if (const auto answer = AnswerIn(parser, body)) {
    if (const auto error = ErrorIn(*answer)) message = error->message;
    if (const auto error = ObjectAt(*answer, "error")) {
      said = StringAt(*error, "code");
    }
    // vLLM and others: without an envelope.
    if (message.empty()) message = StringAt(*answer, "message");
  }
  if (message.empty()) {
    message = Concat("The provider answered HTTP ", status, ".");
  }
  const std::string_view code = CodeOf(status, said, message);
  return {status, code, std::move(message)};
}

ApiError ErrorOfEvent(const Failed& failed) {
  const bool overloaded = failed.type == "overloaded_error" ||
                          failed.type == "UNAVAILABLE" ||
                          failed.type == "RESOURCE_EXHAUSTED";
  return {overloaded ? 503 : 502,
          overloaded ? "provider_overloaded" : "provider_failed",
          failed.message.empty() ? "The provider failed."
                                 : std::string(failed.message)};
}

}  // namespace weir::dialect::canonical
