#include "tests/simprovider/openai/openai.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "common/random.h"
#include "tests/simprovider/dialect/echo.h"
#include "tests/simprovider/dialect/reply.h"
#include "tests/simprovider/openai/answers.h"
#include "tests/simprovider/openai/check.h"
#include "tests/simprovider/openai/read_ask.h"

namespace weir::simprovider {
namespace {

constexpr std::string_view kModels = "/v1/models";

std::string ModelObject(std::string_view id) {
  return text::Cat(R"({"id":)", text::JsonString(id),
                   R"(,"object":"model","created":1700000000,)",
                   R"("owned_by":"simprovider"})");
}

// The `type` and `code` that OpenAI gives to a status.
std::pair<std::string_view, std::string_view> KindOf(int status) {
  switch (status) {
    case 401:
      return {"invalid_request_error", "\"invalid_api_key\""};
    case 404:
      return {"invalid_request_error", "\"model_not_found\""};
    case 429:
      return {"requests", "\"rate_limit_exceeded\""};
    default:
      return {status >= 500 ? "server_error" : "invalid_request_error", "null"};
  }
}

}  // namespace

OpenAi::OpenAi(std::string_view name)
    : name_(name), wording_(name), last_id_(SystemRandom().Bits()) {}

Answer OpenAi::Respond(const Request& request,
                       const Circumstances& circumstances) {
  static constexpr std::array<std::pair<std::string_view, Endpoint>, 4> kPaths =
      {{{"/v1/chat/completions", Endpoint::kChat},
        {"/v1/completions", Endpoint::kCompletions},
        {"/v1/responses", Endpoint::kResponses},
        {"/v1/embeddings", Endpoint::kEmbeddings}}};
  if (request.method == "POST") {
    for (const auto& [path, endpoint] : kPaths) {
      if (request.path == path) {
        return Generate(endpoint, request, circumstances);
      }
    }
  }
  if (request.method == "GET" &&
      (request.path == kModels || request.path.starts_with("/v1/models/"))) {
    return List(request, circumstances);
  }
  if (request.path.starts_with("/v1/")) {
    return EchoAnswer(request, name_);
  }
  return Error(404, text::Cat("Unknown request URL: ", request.method, " ",
                              request.path));
}

Answer OpenAi::Generate(Endpoint endpoint, const Request& request,
                        const Circumstances& circumstances) {
  simdjson::dom::element root;
  // The reader keeps padding behind the body, so nothing is copied.
  if (parser_.parse(request.body.data(), request.body.size(), false)
              .get(root) != simdjson::SUCCESS ||
      !root.is_object()) {
    return Error(400, "We could not parse the JSON body of your request.");
  }
  const OpenAiAsk ask = ReadOpenAiAsk(root, request.body.size());
  const std::string& model = ask.ask.model;
  if (model.empty()) return Error(400, "you must provide a model parameter");
  const auto& models = circumstances.models;
  Answer answer;
  if (!models.empty() &&
      std::find(models.begin(), models.end(), model) == models.end()) {
    answer = Error(404, text::Cat("The model `", model, "` does not exist"));
  } else if (const auto fault = ChatFault(root)) {
    answer = Error(400, *fault);
  } else if (endpoint == Endpoint::kEmbeddings) {
    answer = EmbeddingsAnswer(root, ask);
  } else {
    answer = Speak(endpoint, ask, circumstances);
  }
  answer.model = model;
  return answer;
}

Answer OpenAi::Speak(Endpoint endpoint, const OpenAiAsk& ask,
                     const Circumstances& circumstances) {
  const OpenAiReply reply{text::Cat(text::Hex{++last_id_, 16}),
                          circumstances.unix_seconds,
                          ask,
                          ReplyTo(ask.ask, circumstances, wording_),
                          circumstances.call_order,
                          circumstances.failure_form};
  if (endpoint == Endpoint::kResponses) return ResponsesAnswer(reply);
  return endpoint == Endpoint::kChat ? ChatAnswer(reply)
                                     : CompletionAnswer(reply);
}

Answer OpenAi::List(const Request& request,
                    const Circumstances& circumstances) const {
  Answer answer;
  const auto& models = circumstances.models;
  if (request.path == kModels) {
    answer.body =
        text::Cat(R"({"object":"list","data":[)",
                  absl::StrJoin(models, ",",
                                [](std::string* out, const std::string& model) {
                                  out->append(ModelObject(model));
                                }),
                  "]}");
    return answer;
  }
  const std::string_view id = request.path.substr(kModels.size() + 1);
  if (!models.empty() &&
      std::find(models.begin(), models.end(), id) == models.end()) {
    return Error(404, text::Cat("The model '", id, "' does not exist"));
  }
  answer.body = ModelObject(id);
  return answer;
}

Answer OpenAi::WrongKey() const {
  return Error(401, "Incorrect API key provided.");
}

Answer OpenAi::Error(int status, std::string_view message) const {
  Answer answer;
  answer.status = status;
  answer.body = ErrorBody(status, message);
  return answer;
}

std::string OpenAi::ErrorBody(int status, std::string_view message) const {
  const auto [type, code] = KindOf(status);
  return text::Cat(R"({"error":{"message":)", text::JsonString(message),
                   R"(,"type":")", type, R"(","param":null,"code":)", code,
                   "}}");
}

std::string OpenAi::ErrorEvent(const Answer& answer, std::size_t after_events,
                               std::string_view error_body) const {
  if (answer.failure) return answer.failure(after_events, error_body);
  return text::Cat("data: ", error_body, "\n\n");
}

bool OpenAi::ShowsKey(const Request& request, std::string_view key) const {
  std::string_view shown = request.Find("authorization").value_or("");
  return text::ConsumePrefix(shown, "Bearer ") && shown == key;
}

Answer OpenAi::TooManyRequests(const RateState& rate) const {
  Answer answer = Error(429, "Rate limit reached. Please try again later.");
  text::Append(answer.header_lines, "retry-after: ", rate.reset_seconds,
               "\r\nx-ratelimit-limit-requests: ", rate.limit,
               "\r\nx-ratelimit-remaining-requests: ", rate.remaining,
               "\r\nx-ratelimit-reset-requests: ", rate.reset_seconds, "s\r\n");
  return answer;
}

}  // namespace weir::simprovider
