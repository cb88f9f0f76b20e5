#include <simdjson.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/answer_shape.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "common/dialect/openai/chat_reader.h"
#include "common/dialect/openai/chat_writer.h"
#include "common/dialect/openai/openai_error.h"
#include "common/dialect/openai/read_chat_request.h"
#include "common/dialect/openai/write_chat_request.h"
#include "common/dialect/token_count.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

// `created` is a number that clients parse and nobody means anything by: the
// registry keeps no date of birth.
void AppendModel(std::string_view name, std::string& out) {
  Append(out, R"({"id":)", JsonString(name),
         R"(,"object":"model","created":0,"owned_by":"weir"})");
}

class OpenAiDialect final : public Dialect {
 public:
  std::string_view name() const override { return "openai"; }

  std::string ChatPath(std::string_view, Delivery) const override {
    return "/chat/completions";
  }

  std::string_view ModelsPath() const override { return "/models"; }

  std::string ProbeBody(std::string_view upstream_model) const override {
    return Concat(
        R"({"model":)", JsonString(upstream_model),
        R"(,"messages":[{"role":"user","content":"ping"}],"max_tokens":1})");
  }

  std::string CredentialHeaders(std::string_view secret) const override {
    return Concat("Authorization: Bearer ", secret, "\r\n");
  }

  std::string_view VersionHeaders() const override { return {}; }

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
    return IsListOfNamed(body, "data", "id");
  }

  std::unique_ptr<canonical::AnswerReader> NewAnswerReader() const override {
    return std::make_unique<ChatReader>();
  }

  std::unique_ptr<canonical::AnswerWriter> NewAnswerWriter(
      canonical::AnswerIdentity identity) const override {
    return std::make_unique<ChatWriter>(std::move(identity));
  }

  std::string ErrorBody(const ApiError& error) const override {
    return Concat(R"({"error":)", OpenAiErrorObject(error), "}");
  }

  // Without an `event:` line: the SDKs look for a top-level `error` in data.
  std::string ErrorEvent(const ApiError& error) const override {
    return Concat("data: ", ErrorBody(error), "\n\n");
  }

  std::string ModelList(
      std::span<const std::string_view> names) const override {
    std::string body = R"({"object":"list","data":[)";
    for (const std::string_view name : names) {
      if (body.back() == '}') body += ',';
      AppendModel(name, body);
    }
    body += "]}";
    return body;
  }

  std::string OneModel(std::string_view name) const override {
    std::string body;
    AppendModel(name, body);
    return body;
  }

  std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body, Delivery delivery) const override {
    return ReadChatRequest(body, delivery == Delivery::kStream);
  }

  canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const override {
    return WriteChatRequest(request, target);
  }

  // OpenAI's own servers have `/responses/input_tokens`; what is compatible
  // with them has nothing.
  const TokenCount* token_count() const override { return nullptr; }
};

}  // namespace

const Dialect& OpenAi() {
  static const OpenAiDialect kDialect;
  return kDialect;
}

}  // namespace weir::dialect
