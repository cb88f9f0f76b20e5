#include "common/dialect/gemini/generate_count.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/answer_shape.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/gemini/model_path.h"
#include "common/dialect/gemini/read_generate_request.h"
#include "common/dialect/gemini/write_generate_request.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/token_count.h"

namespace weir::dialect {
namespace {

class GeminiCount final : public TokenCount {
 public:
  std::string Path(std::string_view upstream_model) const override {
    return Concat(GeminiModelPath(upstream_model), ":countTokens");
  }

  std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body) const override {
    return ReadGenerateCount(body);
  }

  // Instructions and tools are counted only in a whole request, which must name
  // its model again.
  canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const override {
    auto result = WriteGenerateRequest(request, target);
    auto* written = std::get_if<canonical::WrittenRequest>(&result);
    if (written == nullptr) return result;
    const bool has_collection = target.model.starts_with("models/") ||
                                target.model.starts_with("tunedModels/");
    std::string body = R"({"generateContentRequest":{"model":)";
    AppendJsonString(Concat(has_collection ? "" : "models/", target.model),
                     body);
    Append(body, ",", std::string_view(written->body).substr(1), "}");
    written->body = std::move(body);
    written->dropped.clear();
    return result;
  }

  std::optional<std::uint64_t> ReadAnswer(
      std::string_view body) const override {
    return NumberOfAnswer(body, "totalTokens");
  }

  std::string WriteAnswer(std::uint64_t tokens) const override {
    return Concat(R"({"totalTokens":)", tokens, "}");
  }
};

}  // namespace

const TokenCount& GenerateCount() {
  static const GeminiCount kCount;
  return kCount;
}

}  // namespace weir::dialect
