// Answers of Anthropic's messages.
#ifndef WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_READER_H_
#define WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_READER_H_

#include <simdjson.h>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/recycled_parser.h"

namespace weir::dialect {

// Tools that run at Anthropic (web search and the like), their results and
// citations are left out: what they brought is in the text.
class MessagesReader final : public canonical::AnswerReader {
 public:
  absl::Status ReadWhole(std::string_view body,
                         canonical::AnswerEvents& events) override;
  absl::Status ReadEvent(std::string_view data,
                         canonical::AnswerEvents& events) override;
  absl::Status ReadEndOfBody(canonical::AnswerEvents& events) override;

 private:
  using Object = simdjson::dom::object;

  // What the open content block is.
  enum class Block { kNone, kShown, kCall };

  absl::Status BeginBlock(const Object& block, canonical::AnswerEvents& events);
  void ReadDelta(const Object& delta, canonical::AnswerEvents& events) const;
  void EndBlock(canonical::AnswerEvents& events);
  void Count(const std::optional<Object>& usage,
             canonical::AnswerEvents& events);

  RecycledParser parser_;
  canonical::Usage usage_;
  Block block_ = Block::kNone;
  // Calls that have begun; the open one is the last.
  std::uint32_t calls_ = 0;
  // Arguments that events of this call refer to.
  std::list<std::string> arguments_;
  bool ended_ = false;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANTHROPIC_MESSAGES_READER_H_
