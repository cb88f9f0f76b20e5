// Answers as Anthropic's messages have them.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_WRITER_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_WRITER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/sequencer.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// Blocks come one after the other, so calls that overlap are put in order. A
// thought without a signature has an empty one: it can't be given back.
class MessagesWriter final : public canonical::AnswerWriter {
 public:
  explicit MessagesWriter(canonical::AnswerIdentity identity)
      : identity_(std::move(identity)) {}

  absl::Status WriteWhole(std::span<const canonical::AnswerEvent> events,
                          std::string& out) override;
  absl::Status WriteEvent(const canonical::AnswerEvent& event,
                          std::string& out) override;
  void WriteError(const ApiError& error, std::string& out) override;

 private:
  enum class Block { kNone, kText, kThinking, kCall };

  void On(const canonical::Started& started, std::string& out);
  void On(const canonical::TextDelta& delta, std::string& out);
  void On(const canonical::RefusalDelta& delta, std::string& out);
  void On(const canonical::ThinkingDelta& delta, std::string& out);
  void On(const canonical::ThinkingSignature& signature, std::string& out);
  void On(const canonical::RedactedThinking& redacted, std::string& out);
  void On(const canonical::ToolCallBegun& begun, std::string& out);
  void On(const canonical::ToolArguments& arguments, std::string& out);
  void On(const canonical::ToolCallEnded& ended, std::string& out);
  void On(const canonical::Finished& finished, std::string& out);
  void On(const canonical::Counted& counted, std::string& out);
  void On(const canonical::Ended& ended, std::string& out);
  void On(const canonical::Failed& /*failed*/, std::string& /*out*/) {}
  void On(const canonical::StillAlive& alive, std::string& out);

  // message_start, held back until the input may be known.
  void Begin(std::string& out);
  void Open(Block block, std::string_view content_block, std::string& out);
  // Opens one unless such a block is open.
  void Ensure(Block block, std::string_view content_block, std::string& out);
  void Close(std::string& out);
  void Delta(std::string_view type, std::string_view member,
             std::string_view text, std::string& out) const;

  const canonical::AnswerIdentity identity_;
  canonical::Sequencer sequencer_;
  canonical::AnswerEvents in_order_;
  std::string id_;
  bool begun_ = false;
  Block block_ = Block::kNone;
  // Of the open block, or of the next one.
  std::uint32_t index_ = 0;
  bool called_ = false;
  bool refused_ = false;
  canonical::FinishReason reason_ = canonical::FinishReason::kStop;
  std::string stop_sequence_;
  canonical::Usage usage_;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_WRITER_H_
