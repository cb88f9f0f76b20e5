// Answers as OpenAI's chat completions have them.
#ifndef WEIR_COMMON_DIALECT_OPENAI_CHAT_WRITER_H_
#define WEIR_COMMON_DIALECT_OPENAI_CHAT_WRITER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// Beyond OpenAI's own fields: `reasoning_content` for thoughts (DeepSeek's
// name, which clients know), `thinking_blocks` for those that are signed
// (LiteLLM's), `extra_content.google.thought_signature` of calls (Google's),
// and `native_finish_reason` (OpenRouter's) where the provider's word differs.
class ChatWriter final : public canonical::AnswerWriter {
 public:
  explicit ChatWriter(canonical::AnswerIdentity identity)
      : identity_(std::move(identity)) {}

  absl::Status WriteWhole(std::span<const canonical::AnswerEvent> events,
                          std::string& out) override;
  absl::Status WriteEvent(const canonical::AnswerEvent& event,
                          std::string& out) override;
  void WriteError(const ApiError& error, std::string& out) override;

 private:
  void On(const canonical::Started& started, std::string& out);
  void On(const canonical::TextDelta& delta, std::string& out);
  void On(const canonical::RefusalDelta& delta, std::string& out);
  void On(const canonical::ThinkingDelta& delta, std::string& out);
  void On(const canonical::ThinkingSignature& signature, std::string& out);
  void On(const canonical::RedactedThinking& redacted, std::string& out);
  void On(const canonical::ToolCallBegun& begun, std::string& out);
  void On(const canonical::ToolArguments& arguments, std::string& out);
  void On(const canonical::ToolCallEnded& /*ended*/, std::string& /*out*/) {}
  void On(const canonical::Finished& finished, std::string& out);
  void On(const canonical::Counted& counted, std::string& out);
  void On(const canonical::Ended& ended, std::string& out);
  void On(const canonical::Failed& /*failed*/, std::string& /*out*/) {}
  void On(const canonical::StillAlive& alive, std::string& out);

  // What chunks and answers begin with, up to the first of the choices.
  void Begin(std::string_view id, std::string_view object,
             JsonWriter& json) const;
  // A chunk whose delta has one member of text; `behind` is members of its
  // choice, with a comma before them.
  void TextChunk(std::string_view member, std::string_view text,
                 std::string_view behind, std::string& out) const;

  const canonical::AnswerIdentity identity_;
  // Before and behind each chunk's delta.
  std::string prefix_;
  std::string_view suffix_;
  // What was thought since the last signature.
  std::string thought_;
  bool called_ = false;
  canonical::FinishReason reason_ = canonical::FinishReason::kStop;
  std::string native_reason_;
  canonical::Usage usage_;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_CHAT_WRITER_H_
