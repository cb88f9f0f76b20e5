#include <simdjson.h>

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/dialect/dialect.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

// `type` of an error, by status, as OpenAI's API answers.
std::string_view ErrorType(const ApiError& error) {
  if (error.code == "insufficient_quota") return "insufficient_quota";
  if (error.status == 429) return "requests";
  if (error.status >= 500) return "server_error";
  return "invalid_request_error";
}

std::string StringOrNull(std::string_view text) {
  return text.empty() ? "null" : JsonString(text);
}

// The array under `key` of a JSON object that is no error.
simdjson::simdjson_result<dom::array> ArrayOfAnswer(dom::parser& parser,
                                                    std::string_view body,
                                                    std::string_view key) {
  dom::object answer;
  if (const auto error = parser.parse(body.data(), body.size()).get(answer)) {
    return error;
  }
  // Some relays answer 200 with an error and an empty list beside it.
  dom::element reported;
  if (!answer.at_key("error").get(reported) && !reported.is_null()) {
    return simdjson::INCORRECT_TYPE;
  }
  return answer.at_key(key).get_array();
}

class OpenAiDialect final : public Dialect {
 public:
  std::string ChatPath(std::string_view) const override {
    return "/chat/completions";
  }

  std::string_view ModelsPath() const override { return "/models"; }

  std::string ProbeBody(std::string_view upstream_model) const override {
    return absl::StrCat(
        R"({"model":)", JsonString(upstream_model),
        R"(,"messages":[{"role":"user","content":"ping"}],"max_tokens":1})");
  }

  std::string CredentialHeaders(std::string_view secret) const override {
    std::string line = "Authorization: Bearer ";
    line += secret;
    line += "\r\n";
    return line;
  }

  bool LooksLikeChatAnswer(std::string_view body) const override {
    dom::parser parser;
    dom::array choices;
    if (ArrayOfAnswer(parser, body, "choices").get(choices)) return false;
    if (choices.size() == 0) return false;
    for (const dom::element choice : choices) {
      dom::object message;
      if (choice["message"].get(message)) return false;
    }
    return true;
  }

  bool LooksLikeModelList(std::string_view body) const override {
    dom::parser parser;
    dom::array models;
    if (ArrayOfAnswer(parser, body, "data").get(models)) return false;
    for (const dom::element model : models) {
      std::string_view id;
      if (model["id"].get(id)) return false;
    }
    return true;
  }

  std::string ErrorBody(const ApiError& error) const override {
    return absl::StrCat(R"({"error":{"message":)", JsonString(error.message),
                        R"(,"type":)", JsonString(ErrorType(error)),
                        R"(,"param":)", StringOrNull(error.param),
                        R"(,"code":)", StringOrNull(error.code), "}}");
  }

  // Without an `event:` line: the SDKs look for a top-level `error` in data.
  std::string ErrorEvent(const ApiError& error) const override {
    return absl::StrCat("data: ", ErrorBody(error), "\n\n");
  }
};

}  // namespace

const Dialect& OpenAi() {
  static const OpenAiDialect kDialect;
  return kDialect;
}

}  // namespace weir::dialect
