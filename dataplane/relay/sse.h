// Event streams: where events end and how a stream ends, over any division of
// the bytes into pieces.
#ifndef WEIR_DATAPLANE_RELAY_SSE_H_
#define WEIR_DATAPLANE_RELAY_SSE_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "dataplane/request.h"

namespace weir::dataplane {

// How a stream's end is recognised.
enum class Terminator {
  kDone,            // `data: [DONE]`: chat completions, completions.
  kResponsesEvent,  // response.completed, .incomplete, .failed: responses.
  kFraming,         // The end of the body: everything else.
};

Terminator TerminatorOf(Endpoint endpoint);

// Looks at the first bytes of each line and at nothing else: a chunk of a
// stream costs one search for line ends. Not thread-safe.
class SseScan {
 public:
  explicit SseScan(Terminator terminator) : terminator_(terminator) {}

  // Returns how much of `piece` ends with an event: what is behind belongs to
  // an event that has not come whole.
  std::size_t Feed(std::string_view piece);

  // The provider said that this is all.
  bool terminated() const { return terminated_; }
  // The provider said that it failed.
  bool failed() const { return failed_; }
  // The same, once the event that says so has come whole.
  bool terminated_whole() const { return terminated_whole_; }
  bool failed_whole() const { return failed_whole_; }

 private:
  void EndLine();

  const Terminator terminator_;
  // The first bytes of the line that is being read; enough to tell the lines
  // apart that matter.
  std::array<char, 96> line_;
  std::size_t line_size_ = 0;
  // Bytes of the line, however many were kept.
  std::size_t line_length_ = 0;
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
