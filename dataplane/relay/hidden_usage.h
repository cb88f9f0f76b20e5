// What a stream took, for weir alone: the client did not ask.
#ifndef WEIR_DATAPLANE_RELAY_HIDDEN_USAGE_H_
#define WEIR_DATAPLANE_RELAY_HIDDEN_USAGE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/relay/two_pieces.h"

namespace weir::dataplane {

// Whole events of an OpenAI stream as they'd be had nobody asked for its usage:
// without the chunk that has usage and no choice, and without the
// `,"usage":null` that the others end with. `count` is how many there are;
// behind them may be an event that is not whole and is left as it is.
//
// Refers to `events`, or to `scratch`, which is overwritten; seldom, since most
// pieces are one event, of which the end alone is looked at.
TwoPieces HideUsage(std::string_view events, std::size_t count,
                    std::string& scratch);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_HIDDEN_USAGE_H_
