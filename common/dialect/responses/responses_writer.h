// Answers as the Responses API has them.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_RESPONSES_WRITER_H_
#define WEIR_COMMON_DIALECT_RESPONSES_RESPONSES_WRITER_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/event_data.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/canonical/sequencer.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/responses/input_text.h"
#include "common/dialect/responses/response_events.h"
#include "common/dialect/responses/response_item.h"

namespace weir::dialect {

// A stream's last event repeats the whole answer, which is kept for it: an
// answer beyond this breaks off, as an event of a provider would that large.
inline constexpr std::size_t kMaxRepeatedAnswer = canonical::kMaxEvent;

// Items come one after the other, so calls that overlap are put in order.
class ResponsesWriter final : public canonical::AnswerWriter {
 public:
  explicit ResponsesWriter(canonical::AnswerIdentity identity)
      : identity_(std::move(identity)) {}

  absl::Status WriteWhole(std::span<const canonical::AnswerEvent> events,
                          std::string& out) override;
  // RESOURCE_EXHAUSTED: the answer is beyond kMaxRepeatedAnswer, too.
  absl::Status WriteEvent(const canonical::AnswerEvent& event,
                          std::string& out) override;
  void WriteError(const ApiError& error, std::string& out) override;

 private:
  using Kind = ResponseItem::Kind;

  absl::Status Take(const canonical::AnswerEvent& event, std::string& out);
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

  void NameResponse(std::string_view provider_id);
  // The first two events.
  void Begin(std::string& out);
  // What an item behind the others is called.
  std::string IdOf(Kind kind) const;
  // An item that stands behind the others.
  ResponseItem NewItem(Kind kind) const;
  ResponseItem NewCall(const canonical::ToolCallBegun& begun) const;
  // What a tool that takes a text gets, as far as `json` says.
  void AddInput(std::string_view json, std::string& out);
  // What it gets is whole.
  void EndInput(std::string& out);
  void Open(ResponseItem item, std::string& out);
  void Close(ResponseStatus status, std::string& out);
  // An item with nothing to show, opened and closed.
  void AddSealed(std::string sealed, std::string& out);
  void OpenPart(ResponsePart::Kind kind, std::string& out);
  void ClosePart(std::string& out);
  // `logprobs`: of a text's tokens; null for none.
  void Say(ResponsePart::Kind kind, std::string_view text,
           const canonical::Logprobs* logprobs, std::string& out);

  // Which item, and of which part, an event is about.
  void WriteItemPlace(JsonWriter& json) const;
  void WritePartPlace(JsonWriter& json) const;

  ResponseStatus FinalStatus() const;
  void WriteResponse(ResponseStatus status, const ApiError* error,
                     JsonWriter& json) const;

  const canonical::AnswerIdentity identity_;
  canonical::Sequencer sequencer_;
  canonical::AnswerEvents in_order_;
  ResponseEvents events_;
  std::string id_;
  bool begun_ = false;
  // The last one may be open.
  std::vector<ResponseItem> items_;
  bool open_ = false;
  // Of the open item.
  InputText input_;
  // Bytes that `items_` took.
  std::size_t kept_ = 0;
  canonical::FinishReason reason_ = canonical::FinishReason::kStop;
  bool refused_ = false;
  bool ended_ = false;
  canonical::Usage usage_;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_RESPONSES_WRITER_H_
