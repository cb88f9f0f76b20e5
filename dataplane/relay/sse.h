// Event streams: where events end and how a stream ends, over any division of
// the bytes into pieces.
#ifndef WEIR_DATAPLANE_RELAY_SSE_H_
#define WEIR_DATAPLANE_RELAY_SSE_H_

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/key_search.h"

namespace weir::dataplane {

// How a stream's end is recognised.
enum class Terminator {
  kDone,            // `data: [DONE]`: chat completions, completions.
  kResponsesEvent,  // response.completed, .incomplete, .failed: responses.
  kMessageStop,     // message_stop: Anthropic's messages.
  // The end of the body, behind a `finishReason` or what blocked the prompt:
  // Gemini.
  kFinishReason,
  kFraming,  // The end of the body: everything else.
};

Terminator TerminatorOf(AnswerFormat format);

// Whether the end of the body may be the end of a stream.
inline bool EndsWithBody(Terminator terminator) {
  return terminator == Terminator::kFinishReason ||
         terminator == Terminator::kFraming;
}

// Looks at the first bytes of each line and, but for Gemini's streams, at
// nothing else: a chunk of a stream costs one search for line ends. Not
// thread-safe.
class SseScan {
 public:
  explicit SseScan(Terminator terminator)
      : terminator_(terminator),
        reasons_(terminator == Terminator::kFinishReason
                     ? std::make_unique<Reasons>()
                     : nullptr) {}

  // Returns how much of `piece` ends with an event: what is behind belongs to
  // an event that has not come whole.
  std::size_t Feed(std::string_view piece);

  // How many events ended in the last piece.
  std::size_t events() const { return events_; }

  // The provider said that this is all: nothing follows, or, where the end of
  // the body is the end, nothing that would change that.
  bool terminated() const { return terminated_; }
  // The provider said that it failed; by an event that ends the stream in order
  // where terminated(), too.
  bool failed() const { return failed_; }
  // The same, once the event that says so has come whole.
  // An end that is the body's comes later than that.
  bool terminated_whole() const { return terminated_whole_; }
  bool failed_whole() const { return failed_whole_; }

 private:
  // Of Gemini's streams alone, and most are not.
  struct Reasons {
    KeySearch finish{R"("finishReason")"};
    KeySearch block{R"("blockReason")"};
  };

  // The first bytes of a line that came in pieces.
  void Keep(std::string_view part);
  void OnLine(std::string_view line);
  // With an empty line.
  void EndEvent();
  // An event of this type is there; what follows the type may be anything.
  void Note(std::string_view type);
  // Whether the text of `event:`, or of the data's `type`, ends the stream.
  bool Ends(std::string_view type) const;

  const Terminator terminator_;
  // Of the line that is being read; enough to tell the lines apart that matter.
  std::array<char, 96> line_;
  std::size_t line_size_ = 0;
  // Bytes of the line, however many were kept.
  std::size_t line_length_ = 0;
  const std::unique_ptr<Reasons> reasons_;
  std::size_t events_ = 0;
  bool terminated_ = false;
  bool failed_ = false;
  bool terminated_whole_ = false;
  bool failed_whole_ = false;
};

// Takes whole events off the front of a buffer.
struct Event {
  // All of it, empty line included.
  std::string_view bytes;
  // The first data line, without `data:` and one space; events of the APIs in
  // question have one. Empty for comments.
  std::string_view data;
};

// The event that `bytes` begins with; nullopt when it is not whole yet.
std::optional<Event> FirstEvent(std::string_view bytes);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_SSE_H_
