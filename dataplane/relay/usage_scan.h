// What a provider says that a request took, out of the bytes of its answer.
#ifndef WEIR_DATAPLANE_RELAY_USAGE_SCAN_H_
#define WEIR_DATAPLANE_RELAY_USAGE_SCAN_H_

#include <cstddef>
#include <string_view>

#include "common/dialect/canonical/usage.h"
#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {

using dialect::canonical::Usage;
using dialect::canonical::UsageReading;

// Whether answers of the format say what they took.
inline bool SaysUsage(AnswerFormat format) {
  return format != AnswerFormat::kOpaque;
}

// Reads the last object of token counts in `tail`, the end of a JSON answer or
// of an event stream; for Anthropic's streams, which begin with what went in,
// over that of message_start in `head`, the begin of the same bytes. An object
// that is cut or malformed says nothing and counts as unbelievable. Pure, but
// for a parser that each thread keeps.
UsageReading ReadUsage(AnswerFormat format, std::string_view head,
                       std::string_view tail);

// Where the name of the last object of token counts in `text` begins; npos
// where there is none.
std::size_t LastUsage(AnswerFormat format, std::string_view text);

// Where such a name begins that what comes behind `text` may make one of: it is
// cut, or what it names is. npos where there is none.
std::size_t OpenUsage(AnswerFormat format, std::string_view text);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_SCAN_H_
