// The chunk of a stream that says what it took, for clients that did not ask.
#ifndef WEIR_DATAPLANE_RELAY_USAGE_CHUNK_H_
#define WEIR_DATAPLANE_RELAY_USAGE_CHUNK_H_

#include <string>
#include <string_view>

namespace weir::dataplane {

// Whether whole events of an OpenAI stream may hold that chunk. Looks at their
// end alone: usage is the last thing in its chunk, and only the end marker
// follows. A chunk that is missed is one more than the client asked for, which
// its SDK takes.
inline bool MayHoldUsageChunk(std::string_view events) {
  while (events.ends_with('\n') || events.ends_with('\r')) {
    events.remove_suffix(1);
  }
  return events.ends_with("}}") || events.ends_with("[DONE]");
}

// `events` without it: the one that has usage and no choice.
std::string WithoutUsageChunk(std::string_view events);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_CHUNK_H_
