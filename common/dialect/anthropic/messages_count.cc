#include "common/dialect/anthropic/messages_count.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/concat.h"
#include "common/dialect/answer_shape.h"
#include "common/dialect/anthropic/read_messages_request.h"
#include "common/dialect/anthropic/write_messages_request.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/token_count.h"

namespace weir::dialect {
namespace {

class AnthropicCount final : public TokenCount {
 public:
  std::string Path(std::string_view) const override {
    return "/messages/count_tokens";
  }
  std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body) const override {
    return ReadMessagesRequest(body, /*stream=*/false);
  }
  canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const override {
    return WriteMessagesCount(request, target);
  }
  std::optional<std::uint64_t> ReadAnswer(
      std::string_view body) const override {
    return NumberOfAnswer(body, "input_tokens");
  }
  std::string WriteAnswer(std::uint64_t tokens) const override {
    return Concat(R"({"input_tokens":)", tokens, "}");
  }
};

}  // namespace

const TokenCount& MessagesCount() {
  static const AnthropicCount kCount;
  return kCount;
}

}  // namespace weir::dialect
