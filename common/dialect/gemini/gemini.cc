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
#include "common/dialect/gemini/generate_count.h"
#include "common/dialect/gemini/generate_reader.h"
#include "common/dialect/gemini/generate_writer.h"
#include "common/dialect/gemini/model_path.h"
#include "common/dialect/gemini/read_generate_request.h"
#include "common/dialect/gemini/write_generate_request.h"
#include "common/dialect/token_count.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

// google/rpc/code.proto, by the statuses that it maps to.
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
    case 402:
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 501:
      return "UNIMPLEMENTED";
    case 502:
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}

void AppendModel(std::string_view name, std::string& out) {
  Append(out, R"({"name":)", JsonString(Concat("models/", name)),
         R"(,"displayName":)", JsonString(name),
         R"(,"supportedGenerationMethods":)",
         R"(["generateContent","streamGenerateContent","countTokens"]})");
}

class GeminiDialect final : public Dialect {
 public:
  std::string_view name() const override { return "gemini"; }

  std::string ChatPath(std::string_view upstream_model,
                       Delivery delivery) const override {
    return Concat(GeminiModelPath(upstream_model),
                  delivery == Delivery::kStream
                      ? ":streamGenerateContent?alt=sse"
                      : ":generateContent");
  }

  std::string_view ModelsPath() const override { return "/models"; }

  std::string ProbeBody(std::string_view) const override {
    return R"({"contents":[{"role":"user","parts":[{"text":"ping"}]}],)"
           R"("generationConfig":{"maxOutputTokens":1}})";
  }

  std::string CredentialHeaders(std::string_view secret) const override {
    return Concat("x-goog-api-key: ", secret, "\r\n");
  }

  std::string_view VersionHeaders() const override { return {}; }

  // One token may be a thought: a candidate may have no content.
  bool LooksLikeChatAnswer(std::string_view body) const override {
    dom::parser parser;
    dom::array candidates;
    if (ArrayOfAnswer(parser, body, "candidates").get(candidates)) return false;
    if (candidates.size() == 0) return false;
    for (const dom::element candidate : candidates) {
      if (!candidate.is_object()) return false;
    }
    return true;
  }

  bool LooksLikeModelList(std::string_view body) const override {
    return IsListOfNamed(body, "models", "name");
  }

  std::unique_ptr<canonical::AnswerReader> NewAnswerReader() const override {
    return std::make_unique<GenerateReader>();
  }

  std::unique_ptr<canonical::AnswerWriter> NewAnswerWriter(
      canonical::AnswerIdentity identity) const override {
    return std::make_unique<GenerateWriter>(std::move(identity));
  }

  std::string ErrorBody(const ApiError& error) const override {
    return Concat(R"({"error":{"code":)", error.status, R"(,"message":)",
                  JsonString(error.message), R"(,"status":")",
                  StatusName(error.status),
                  R"(","details":[{"@type":)"
                  R"("type.googleapis.com/google.rpc.ErrorInfo","reason":)",
                  JsonString(error.code), R"(,"domain":"weir"}]}})");
  }

  std::string ErrorEvent(const ApiError& error) const override {
    return Concat("data: ", ErrorBody(error), "\n\n");
  }

  std::string ModelList(
      std::span<const std::string_view> names) const override {
    std::string body = R"({"models":[)";
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
    return ReadGenerateRequest(body, delivery == Delivery::kStream);
  }

  canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const override {
    return WriteGenerateRequest(request, target);
  }

  const TokenCount* token_count() const override { return &GenerateCount(); }
};

}  // namespace

const Dialect& Gemini() {
  static const GeminiDialect kDialect;
  return kDialect;
}

}  // namespace weir::dialect
