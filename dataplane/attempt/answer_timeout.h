// How long an answer is waited for.
#ifndef WEIR_DATAPLANE_ATTEMPT_ANSWER_TIMEOUT_H_
#define WEIR_DATAPLANE_ATTEMPT_ANSWER_TIMEOUT_H_

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// To the answer, or to a stream's first event; pure.
inline absl::Duration AnswerTimeout(RequestClass request_class,
                                    const config::Timeouts& timeouts) {
  switch (request_class) {
    case RequestClass::kFast:
      return timeouts.fast;
    case RequestClass::kNormal:
      return timeouts.normal;
    case RequestClass::kComplex:
      break;
  }
  return timeouts.complex;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ANSWER_TIMEOUT_H_
