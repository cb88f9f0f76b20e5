#include "tests/simprovider/gemini/gemini.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "common/random.h"
#include "tests/simprovider/dialect/echo.h"
#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/dialect/reply.h"
#include "tests/simprovider/gemini/check.h"
#include "tests/simprovider/gemini/content.h"
#include "tests/simprovider/gemini/read_ask.h"

namespace weir::simprovider {
namespace {

// Google's SDK uses either, by its version.
constexpr std::string_view kModels[] = {"/v1beta/models", "/v1/models"};
constexpr std::string_view kGenerate = "generateContent";
constexpr std::string_view kStream = "streamGenerateContent";
constexpr std::string_view kCount = "countTokens";

std::string ModelObject(std::string_view id) {
  return text::Cat(R"({"name":)", text::JsonString(text::Cat("models/", id)),
                   R"(,"displayName":)", text::JsonString(id),
                   R"(,"version":"001","inputTokenLimit":1048576,)",
                   R"("outputTokenLimit":65536,"supportedGenerationMethods":)",
                   R"(["generateContent","countTokens"]})");
}

// https://cloud.google.com/apis/design/errors#handling_errors
std::string_view StatusName(int status) {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 499:
      return "CANCELLED";
    case 501:
      return "UNIMPLEMENTED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}

// `details`: what follows the status in the error, with a comma before it.
std::string ErrorObject(int status, std::string_view message,
                        std::string_view details) {
  return text::Cat(R"({"error":{"code":)", status, R"(,"message":)",
                   text::JsonString(message), R"(,"status":")",
                   StatusName(status), R"(")", details, "}}");
}

// The value of a query's parameter; empty for none.
std::string_view Parameter(std::string_view query, std::string_view name) {
  for (std::string_view part : text::Split(query, '&')) {
    if (text::ConsumePrefix(part, name) && text::ConsumePrefix(part, "=")) {
      return part;
    }
  }
  return "";
}

bool Serves(const Circumstances& circumstances, std::string_view model) {
  const auto& models = circumstances.models;
  return models.empty() ||
         std::find(models.begin(), models.end(), model) != models.end();
}

// What is counted may stand in a member of its own.
simdjson::dom::element Counted(simdjson::dom::element root) {
  return MemberOf(root, "generateContentRequest").value_or(root);
}

}  // namespace

Gemini::Gemini(std::string_view name)
    : name_(name), wording_(name), last_id_(SystemRandom().Bits()) {}

Answer Gemini::Respond(const Request& request,
                       const Circumstances& circumstances) {
  std::string_view rest = request.path;
  if (!text::ConsumePrefix(rest, kModels[0]) &&
      !text::ConsumePrefix(rest, kModels[1])) {
    if (request.path.starts_with("/v1")) return EchoAnswer(request, name_);
    return Error(404, "Requested entity was not found.");
  }
  text::ConsumePrefix(rest, "/");
  const std::size_t colon = rest.rfind(':');
  if (request.method == "GET" && colon == std::string_view::npos) {
    return List(rest, circumstances);
  }
  if (request.method != "POST" || colon == std::string_view::npos) {
    return Error(404, "Requested entity was not found.");
  }
  const std::string_view model = rest.substr(0, colon);
  Answer answer = Call(request, model, rest.substr(colon + 1), circumstances);
  answer.model = std::string(model);
  return answer;
}

Answer Gemini::Call(const Request& request, std::string_view model,
                    std::string_view method,
                    const Circumstances& circumstances) {
  if (method != kGenerate && method != kStream && method != kCount) {
    return EchoAnswer(request, name_);
  }
  simdjson::dom::element root;
  // The reader keeps padding behind the body, so nothing is copied.
  if (parser_.parse(request.body.data(), request.body.size(), false)
              .get(root) != simdjson::SUCCESS ||
      !root.is_object()) {
    return Error(400, "Invalid JSON payload received. Unexpected token.");
  }
  if (!Serves(circumstances, model)) {
    return Error(404, text::Cat("models/", model,
                                " is not found for API version v1beta, or is "
                                "not supported for ",
                                method, "."));
  }
  if (method == kCount) root = Counted(root);
  if (const auto fault = GeminiFault(root)) return Error(400, *fault);
  const GeminiAsk ask = ReadGeminiAsk(root, model, request.body.size());
  if (method == kCount) {
    Answer answer;
    answer.body = text::Cat(R"({"totalTokens":)", PromptTokens(ask.ask), "}");
    return answer;
  }
  const Form form = method == kGenerate                        ? Form::kWhole
                    : Parameter(request.query, "alt") == "sse" ? Form::kEvents
                                                               : Form::kArray;
  return ContentAnswer({text::Cat(text::Hex{++last_id_, 16}), ask,
                        ReplyTo(ask.ask, circumstances, wording_)},
                       form);
}

Answer Gemini::List(std::string_view model,
                    const Circumstances& circumstances) const {
  Answer answer;
  if (!model.empty()) {
    if (!Serves(circumstances, model)) {
      return Error(404, text::Cat("Model is not found: models/", model));
    }
    answer.body = ModelObject(model);
    return answer;
  }
  const auto object = [](std::string* out, const std::string& id) {
    out->append(ModelObject(id));
  };
  answer.body = text::Cat(
      R"({"models":[)", absl::StrJoin(circumstances.models, ",", object), "]}");
  return answer;
}

bool Gemini::ShowsKey(const Request& request, std::string_view key) const {
  return request.Find("x-goog-api-key") == key ||
         Parameter(request.query, "key") == key;
}

// No 401: https://ai.google.dev/gemini-api/docs/api-key
Answer Gemini::WrongKey() const {
  Answer answer;
  answer.status = 400;
  answer.body =
      ErrorObject(400, "API key not valid. Please pass a valid API key.",
                  text::Cat(R"(,"details":[{"@type":)",
                            R"("type.googleapis.com/google.rpc.ErrorInfo",)",
                            R"("reason":"API_KEY_INVALID",)",
                            R"("domain":"googleapis.com"}])"));
  return answer;
}

Answer Gemini::Error(int status, std::string_view message) const {
  Answer answer;
  answer.status = status;
  answer.body = ErrorBody(status, message);
  return answer;
}

std::string Gemini::ErrorBody(int status, std::string_view message) const {
  return ErrorObject(status, message, "");
}

std::string Gemini::ErrorEvent(const Answer& answer, std::size_t after_events,
                               std::string_view error_body) const {
  // Google's SDK looks for the bare error, without `data:`.
  if (answer.content_type.starts_with("text/event-stream")) {
    return text::Cat(error_body, "\r\n\r\n");
  }
  return text::Cat(after_events == 0 ? "[" : ",\r\n", error_body, "]");
}

Answer Gemini::TooManyRequests(const RateState& rate) const {
  Answer answer;
  answer.status = 429;
  answer.body = ErrorObject(
      429, "You exceeded your current quota, please check your plan.",
      text::Cat(
          R"(,"details":[{"@type":)",
          R"("type.googleapis.com/google.rpc.QuotaFailure","violations":)",
          R"([{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel",)",
          R"("quotaValue":")", rate.limit, R"("}]},{"@type":)",
          R"("type.googleapis.com/google.rpc.RetryInfo","retryDelay":")",
          rate.reset_seconds, R"(s"}])"));
  return answer;
}

}  // namespace weir::simprovider
