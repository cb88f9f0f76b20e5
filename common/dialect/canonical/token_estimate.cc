#include "common/dialect/canonical/token_estimate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {
namespace {

// English text, by OpenAI's rule of thumb (help.openai.com, "What are tokens
// and how to count them?").
constexpr std::uint64_t kBytesPerToken = 4;
// What stands around each message (OpenAI's cookbook: 3 and the role's name).
constexpr std::uint64_t kTokensPerMessage = 4;
// OpenAI's for 1024 x 1024 in detail; Anthropic's is 1400, Gemini's 258 a tile.
constexpr std::uint64_t kTokensPerImage = 765;
// Anthropic's, of which it says 1500 to 3000 a page.
constexpr std::uint64_t kTokensPerPage = 2000;
constexpr std::uint64_t kBytesPerPage = 50'000;
// Gemini's 32 a second, of MP3 with 128 kbit/s.
constexpr std::uint64_t kBytesPerSoundToken = 500;

// Adds up what a request consists of.
class Estimate {
 public:
  std::uint64_t tokens() const {
    return std::max<std::uint64_t>(
        1, tokens_ + (bytes_ + kBytesPerToken - 1) / kBytesPerToken);
  }

  void Message() { tokens_ += kTokensPerMessage; }
  void Bytes(std::string_view text) { bytes_ += text.size(); }

  void operator()(const Text& text) { Bytes(text.text); }
  void operator()(const Media& media) {
    // Base64 has four letters for three bytes; an address says no length.
    const std::uint64_t size = media.data.size() / 4 * 3;
    switch (media.kind) {
      case MediaKind::kImage:
        tokens_ += kTokensPerImage;
        break;
      case MediaKind::kDocument:
        tokens_ += kTokensPerPage * (size / kBytesPerPage + 1);
        break;
      case MediaKind::kAudio:
        tokens_ += size / kBytesPerSoundToken + 1;
        break;
    }
  }
  void operator()(const Thinking& thinking) { Bytes(thinking.text); }
  void operator()(const ToolCall& call) {
    Bytes(call.name);
    Bytes(call.arguments);
  }
  void operator()(const ToolResult& result) {
    for (const auto& content : result.content) std::visit(*this, content);
  }
  void operator()(const Tool& tool) {
    Message();
    Bytes(tool.name);
    Bytes(tool.description);
    Bytes(tool.parameters);
  }

 private:
  std::uint64_t tokens_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::uint64_t EstimateTokens(const Request& request) {
  Estimate estimate;
  for (const canonical::Text& text : request.system) estimate(text);
  if (!request.system.empty()) estimate.Message();
  for (const canonical::Message& message : request.messages) {
    estimate.Message();
    for (const Part& part : message.parts) std::visit(estimate, part.value);
  }
  for (const Tool& tool : request.tools) estimate(tool);
  if (request.format.has_value()) estimate.Bytes(request.format->value.schema);
  return estimate.tokens();
}

}  // namespace weir::dialect::canonical
