// What an attempt that failed is paid for; pure.
#ifndef WEIR_DATAPLANE_ATTEMPT_FAILED_USAGE_H_
#define WEIR_DATAPLANE_ATTEMPT_FAILED_USAGE_H_

#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {

// Nothing, where the provider was not reached, said no, or went without an
// answer. Where its answer broke off, or nobody waited for it, what is known of
// it: providers bill what they generate, whoever reads it.
AttemptEnd EndOfFailed(const Answer& answer, const Failure& failure);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_FAILED_USAGE_H_
