// Answers of OpenAI's chat completions, and of what is compatible with them.
#ifndef WEIR_COMMON_DIALECT_OPENAI_CHAT_READER_H_
#define WEIR_COMMON_DIALECT_OPENAI_CHAT_READER_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/recycled_parser.h"

namespace weir::dialect {

class ChatReader final : public canonical::AnswerReader {
 public:
  absl::Status ReadWhole(std::string_view body,
                         canonical::AnswerEvents& events) override;
  absl::Status ReadEvent(std::string_view data,
                         canonical::AnswerEvents& events) override;
  absl::Status ReadEndOfBody(canonical::AnswerEvents& events) override;

 private:
  using Object = simdjson::dom::object;

  // One call of the answer: its position in this vector is its number.
  struct Call {
    // As the provider numbers it.
    std::uint64_t index;
    std::string id;
  };

  absl::StatusOr<Object> Parse(std::string_view json);
  void Start(const Object& answer, canonical::AnswerEvents& events);
  // What a message and a delta have in common.
  absl::Status ReadContent(const Object& content,
                           canonical::AnswerEvents& events);
  absl::Status ReadCalls(const simdjson::dom::array& calls,
                         canonical::AnswerEvents& events);
  absl::StatusOr<std::uint32_t> NumberOf(const Object& call,
                                         canonical::AnswerEvents& events);
  // Of the first choice: the others are not for this form.
  absl::StatusOr<std::optional<Object>> FirstChoice(const Object& answer) const;
  static void ReadUsage(const Object& answer, canonical::AnswerEvents& events);

  RecycledParser parser_;
  // Of the text that is being read.
  canonical::Logprobs logprobs_;
  std::vector<Call> calls_;
  bool started_ = false;
  bool ended_ = false;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_OPENAI_CHAT_READER_H_
