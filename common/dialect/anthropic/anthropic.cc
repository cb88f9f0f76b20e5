#include <simdjson.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/answer_shape.h"
#include "common/dialect/anthropic/messages_count.h"
#include "common/dialect/anthropic/messages_reader.h"
#include "common/dialect/anthropic/messages_writer.h"
#include "common/dialect/anthropic/read_messages_request.h"
#include "common/dialect/anthropic/write_messages_request.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "common/dialect/token_count.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

// platform.claude.com/docs/en/api/errors; 402, 413 and 504 are newer than some
// SDKs, which take a type that they don't know for an APIError of its status.
std::string_view ErrorType(int status) {
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
    case 503:
    case 529:
      return "overloaded_error";
    case 504:
      return "timeout_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

// Claude Code shows a model by `display_name`; `created_at` is a date that
// clients parse and nobody means anything by.
void AppendModel(std::string_view name, std::string& out) {
  const std::string quoted = JsonString(name);
  Append(out, R"({"type":"model","id":)", quoted, R"(,"display_name":)", quoted,
         R"(,"created_at":"1970-01-01T00:00:00Z"})");
}

// Claude Code shortens a conversation when it reads the first words, or, behind
// a gateway that words errors, the token at the end
// (code.claude.com/docs/en/llm-gateway-protocol).
std::string MessageOf(const ApiError& error) {
  constexpr std::string_view kWords = "prompt is too long";
  if (error.code != canonical::kTooLong || error.message.starts_with(kWords)) {
    return error.message;
  }
  return Concat(kWords, ": ", error.message,
                " (capability_rejected: prompt_too_long)");
}

class AnthropicDialect final : public Dialect {
 public:
  std::string_view name() const override { return "anthropic"; }

  std::string ChatPath(std::string_view, Delivery) const override {
    return "/messages";
  }

  std::string_view ModelsPath() const override { return "/models"; }

  std::string ProbeBody(std::string_view upstream_model) const override {
    return Concat(
        R"({"model":)", JsonString(upstream_model),
        R"(,"max_tokens":1,"messages":[{"role":"user","content":"ping"}]})");
  }

  std::string CredentialHeaders(std::string_view secret) const override {
    return Concat("x-api-key: ", secret, "\r\n");
  }

  std::string_view VersionHeaders() const override {
    return "anthropic-version: 2023-06-01\r\n";
  }

  // One token may be none that shows: `content` may be empty.
  bool LooksLikeChatAnswer(std::string_view body) const override {
    dom::parser parser;
    dom::array content;
    if (ArrayOfAnswer(parser, body, "content").get(content)) return false;
    for (const dom::element block : content) {
      std::string_view type;
      if (block["type"].get(type)) return false;
    }
    return true;
  }

  bool LooksLikeModelList(std::string_view body) const override {
    return IsListOfNamed(body, "data", "id");
  }

  std::unique_ptr<canonical::AnswerReader> NewAnswerReader() const override {
    return std::make_unique<MessagesReader>();
  }

  std::unique_ptr<canonical::AnswerWriter> NewAnswerWriter(
      canonical::AnswerIdentity identity) const override {
    return std::make_unique<MessagesWriter>(std::move(identity));
  }

  // `code` is ours; SDKs keep what they don't know.
  std::string ErrorBody(const ApiError& error) const override {
    return Concat(R"({"type":"error","error":{"type":")",
                  ErrorType(error.status), R"(","message":)",
                  JsonString(MessageOf(error)), R"(,"code":)",
                  JsonString(error.code), "}}");
  }

  std::string ErrorEvent(const ApiError& error) const override {
    return Concat("event: error\ndata: ", ErrorBody(error), "\n\n");
  }

  std::string ModelList(
      std::span<const std::string_view> names) const override {
    std::string body = R"({"data":[)";
    for (const std::string_view name : names) {
      if (body.back() == '}') body += ',';
      AppendModel(name, body);
    }
    // All are on the first page, whatever `limit` says.
    Append(body, R"(],"has_more":false,"first_id":)",
           names.empty() ? "null" : JsonString(names.front()), R"(,"last_id":)",
           names.empty() ? "null" : JsonString(names.back()), "}");
    return body;
  }

  std::string OneModel(std::string_view name) const override {
    std::string body;
    AppendModel(name, body);
    return body;
  }

  std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body, Delivery delivery) const override {
    return ReadMessagesRequest(body, delivery == Delivery::kStream);
  }

  canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const override {
    return WriteMessagesRequest(request, target);
  }

  const TokenCount* token_count() const override { return &MessagesCount(); }
};

}  // namespace

const Dialect& Anthropic() {
  static const AnthropicDialect kDialect;
  return kDialect;
}

}  // namespace weir::dialect
