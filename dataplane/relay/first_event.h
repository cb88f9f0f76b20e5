// Whether an event of a stream is worth telling a client that all is well.
#ifndef WEIR_DATAPLANE_RELAY_FIRST_EVENT_H_
#define WEIR_DATAPLANE_RELAY_FIRST_EVENT_H_

#include <string_view>

#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {

enum class EventVerdict {
  // A comment, a role, a start: nothing that couldn't begin again elsewhere.
  kPreamble,
  // Content, a tool call, reasoning, an end: the answer has begun.
  kMeaningful,
  // The provider says that it failed.
  kError,
  // Not what this API sends.
  kGarbage,
};

// `data` is an event's data line. Pure, but for a parser that each thread
// keeps.
EventVerdict JudgeEvent(AnswerFormat format, std::string_view data);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_FIRST_EVENT_H_
