// Answers of Gemini's generateContent and streamGenerateContent.
#ifndef WEIR_COMMON_DIALECT_GEMINI_GENERATE_READER_H_
#define WEIR_COMMON_DIALECT_GEMINI_GENERATE_READER_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/recycled_parser.h"

namespace weir::dialect {

// An event of a stream looks like a whole answer. Code that ran at Google, its
// results and files are left out.
class GenerateReader final : public canonical::AnswerReader {
 public:
  absl::Status ReadWhole(std::string_view body,
                         canonical::AnswerEvents& events) override;
  absl::Status ReadEvent(std::string_view data,
                         canonical::AnswerEvents& events) override;
  absl::Status ReadEndOfBody(canonical::AnswerEvents& events) override;

 private:
  using Object = simdjson::dom::object;

  absl::Status Read(const Object& answer, canonical::AnswerEvents& events);
  absl::Status ReadCandidate(const Object& object,
                             canonical::AnswerEvents& events);
  // Of the text among the events from `first` on, which are the candidate's.
  void ReadLogprobs(const Object& result, std::size_t first,
                    canonical::AnswerEvents& events);
  void ReadPart(const Object& object, canonical::AnswerEvents& events);
  void Finish(std::string_view native, canonical::AnswerEvents& events);

  RecycledParser parser_;
  // Calls that were seen.
  std::uint32_t calls_ = 0;
  // Arguments that events of this call refer to.
  std::list<std::string> arguments_;
  // Of the text that was read last.
  canonical::Logprobs logprobs_;
  bool started_ = false;
  bool finished_ = false;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_GEMINI_GENERATE_READER_H_
