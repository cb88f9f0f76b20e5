// Failures of answers that a client can't have; pure.
#ifndef WEIR_DATAPLANE_ATTEMPT_UNUSABLE_ANSWER_H_
#define WEIR_DATAPLANE_ATTEMPT_UNUSABLE_ANSWER_H_

#include <string>

#include "absl/status/status.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"

namespace weir::dataplane {

// The bytes stopped coming with `status`; `why` says what was interrupted.
Failure CutShort(const absl::Status& status, Interrupt::Why why);

// It came, and is not what the provider's API sends.
Failure Lying(std::string reason);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_UNUSABLE_ANSWER_H_
