// What the end of an answer says of whoever gave it.
#ifndef WEIR_DATAPLANE_RELAY_OUTCOME_H_
#define WEIR_DATAPLANE_RELAY_OUTCOME_H_

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/outcome.h"
#include "dataplane/relay/relay.h"

namespace weir::dataplane {

// Whom an answer that did not end well is held against; pure. `why`: what
// interrupted the request.
Blame BlameOf(const RelayResult& result, Interrupt::Why why);

// Records an answer's end with `asked`, who gave it, at `now`.
News RecordEnd(const Asked& asked, const RelayResult& result,
               Interrupt::Why why, absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_OUTCOME_H_
