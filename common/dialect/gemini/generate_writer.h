// Answers as Gemini's generateContent and streamGenerateContent have them.
#ifndef WEIR_COMMON_DIALECT_GEMINI_GENERATE_WRITER_H_
#define WEIR_COMMON_DIALECT_GEMINI_GENERATE_WRITER_H_

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
#include "common/dialect/gemini/gemini_logprobs.h"

namespace weir::dialect {

// A call is one part, so its arguments are kept until they are whole. Thoughts'
// signatures of other vendors mean nothing to Google and are left out. Nothing
// tells clients that a silent stream is alive: SDKs of 2024 break at comments.
class GenerateWriter final : public canonical::AnswerWriter {
 public:
  explicit GenerateWriter(canonical::AnswerIdentity identity)
      : identity_(std::move(identity)) {}

  absl::Status WriteWhole(std::span<const canonical::AnswerEvent> events,
                          std::string& out) override;
  absl::Status WriteEvent(const canonical::AnswerEvent& event,
                          std::string& out) override;
  void WriteError(const ApiError& error, std::string& out) override;

 private:
  // The call whose arguments are coming in.
  struct Call {
    std::string id;
    std::string name;
    std::string thought_signature;
    std::string arguments;
  };

  absl::Status On(const canonical::Started& started, std::string& out);
  absl::Status On(const canonical::TextDelta& delta, std::string& out);
  absl::Status On(const canonical::RefusalDelta& delta, std::string& out);
  absl::Status On(const canonical::ThinkingDelta& delta, std::string& out);
  absl::Status On(const canonical::ToolCallBegun& begun, std::string& out);
  absl::Status On(const canonical::ToolArguments& arguments, std::string& out);
  absl::Status On(const canonical::ToolCallEnded& ended, std::string& out);
  absl::Status On(const canonical::Finished& finished, std::string& out);
  absl::Status On(const canonical::Counted& counted, std::string& out);
  absl::Status On(const canonical::Ended& ended, std::string& out);
  template <typename Other>
  absl::Status On(const Other& /*event*/, std::string& /*out*/) {
    return absl::OkStatus();
  }

  // An event with one part, and what is behind it.
  void Chunk(std::string_view part, std::string_view behind,
             std::string& out) const;

  const canonical::AnswerIdentity identity_;
  canonical::Sequencer sequencer_;
  canonical::AnswerEvents in_order_;
  // What all events end with.
  std::string suffix_;
  Call call_;
  bool refused_ = false;
  canonical::FinishReason reason_ = canonical::FinishReason::kStop;
  MeanLogprob mean_logprob_;
  canonical::Usage usage_;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_GENERATE_WRITER_H_
