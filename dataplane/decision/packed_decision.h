// Decisions as the bytes in which they are kept.
#ifndef WEIR_DATAPLANE_DECISION_PACKED_DECISION_H_
#define WEIR_DATAPLANE_DECISION_PACKED_DECISION_H_

#include <cstddef>
#include <string_view>

#include "dataplane/decision/decision.h"

namespace weir::dataplane {

// Without the room that was not used: 500 bytes for three targets and one
// attempt where a Decision has 2.5 KB.
std::size_t PackedSize(const Decision& decision);
// Writes PackedSize() bytes.
void Pack(const Decision& decision, char* out);

// Alone what a search needs.
DecisionFacts UnpackFacts(std::string_view packed);
// REQUIRES: what Pack() wrote in this process.
void Unpack(std::string_view packed, Decision& decision);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DECISION_PACKED_DECISION_H_
