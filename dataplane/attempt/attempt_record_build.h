// From what became of an attempt to the record of it; pure.
#ifndef WEIR_DATAPLANE_ATTEMPT_ATTEMPT_RECORD_BUILD_H_
#define WEIR_DATAPLANE_ATTEMPT_ATTEMPT_RECORD_BUILD_H_

#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

AttemptRecord RecordOf(const Request& request, const Attempted& attempted,
                       RaceRole role);

// Of a candidate that could not even be asked, and why.
AttemptRecord RecordOfSkipped(const Candidate& candidate, std::string_view why,
                              absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ATTEMPT_RECORD_BUILD_H_
