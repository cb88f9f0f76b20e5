// From a provider's answer to success or whose failure it is; pure.
#ifndef WEIR_DATAPLANE_ATTEMPT_CLASSIFY_H_
#define WEIR_DATAPLANE_ATTEMPT_CLASSIFY_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {

// nullopt: the client gets this answer, be it a success or its own mistake
// (other 4xx). docs/routing.md has the table. Blame::kClient only with
// `too_long`: another model may take it.
//
// `body` is the answer's, as far as it was read; `took` the time to its head.
std::optional<Failure> ClassifyAnswer(const http1::ResponseHead& head,
                                      std::string_view body,
                                      absl::Duration took, absl::Time wall_now);

// The same for the data of an error event that came in a 200 stream: providers
// say there what they'd have said by status (error_event.h).
std::optional<Failure> ClassifyErrorEvent(std::string_view data);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_CLASSIFY_H_
