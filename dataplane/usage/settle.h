// What an attempt took, from what its provider said and what bytes tell; pure.
#ifndef WEIR_DATAPLANE_USAGE_SETTLE_H_
#define WEIR_DATAPLANE_USAGE_SETTLE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/dialect/canonical/usage.h"
#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {

// Of UTF-8 text, whatever the tokenizer: OpenAI's rule of thumb for English
// (help.openai.com, "What are tokens and how to count them?"). JSON around the
// text counts as text.
inline constexpr std::size_t kBytesPerToken = 4;

// Of a request's body. `context_tokens`: what the model takes at most, which
// bounds what images in base64 look like; 0 where nobody said.
std::uint32_t EstimateInput(std::size_t body_bytes,
                            std::uint64_t context_tokens);

// How an attempt ended, as far as somebody pays for it.
enum class Ending : std::uint8_t {
  // All of the answer has come.
  kWhole,
  // It broke off, by the provider's doing.
  kBroken,
  // Nobody waited for the rest: the client left, another attempt was quicker,
  // the time was up.
  kNotAwaited,
  // The provider said no, or was not reached: nobody bills that.
  kNothing,
};

// What an attempt is settled with: every count that is billed is there, with
// the provenance that fits. `reported` is what the provider said, which may be
// nothing; the estimates stand in for what it did not say. Answers in a format
// that knows no tokens took none.
dialect::canonical::Usage SettledUsage(
    Ending ending, AnswerFormat format,
    const dialect::canonical::Usage& reported, std::uint32_t input_estimate,
    std::uint32_t output_seen);

// How many tokens an answer has, as far as its bytes tell.
//
// An event of a stream wraps a token or a few into an envelope that is the same
// each time, so the smallest event seen stands for the envelope: what events
// have beyond it is text, and no event has less than a token.
//
// Not thread-safe.
class OutputMeter {
 public:
  // The next bytes of a stream, and how many events ended in them.
  void OnEvents(std::size_t bytes, std::size_t events);
  // The same, for whoever did not count; events end with an empty line.
  void OnStream(std::string_view bytes);
  // The next bytes of an answer that is no stream.
  void OnBytes(std::size_t bytes) { text_bytes_ += bytes; }

  std::uint32_t tokens() const;

 private:
  std::uint64_t text_bytes_ = 0;
  std::uint64_t event_bytes_ = 0;
  std::uint64_t events_ = 0;
  // Of the event that has not come whole.
  std::uint64_t pending_ = 0;
  std::uint64_t smallest_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_SETTLE_H_
