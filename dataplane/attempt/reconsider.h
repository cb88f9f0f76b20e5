// What a failure is to the request that it befell; pure.
#ifndef WEIR_DATAPLANE_ATTEMPT_RECONSIDER_H_
#define WEIR_DATAPLANE_ATTEMPT_RECONSIDER_H_

#include <cstddef>
#include <optional>
#include <span>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// The same with the request, its candidate and those that follow in mind: what
// is too long for everybody left is the client's to hear (nullopt: it gets the
// answer), a deadline of its own is nobody's fault, and slow failures may be
// replayed where the candidate's model says so.
std::optional<Failure> Reconsider(std::optional<Failure> failure,
                                  const Request& request,
                                  const Candidate& candidate,
                                  std::span<const Candidate> rest,
                                  absl::Time now);

// How many of `rest` stand before the first of a model that takes longer
// requests than the candidate's; nullopt when there is none.
std::optional<std::size_t> StepsToLargerModel(const Request& request,
                                              const Candidate& candidate,
                                              std::span<const Candidate> rest);

// Everybody who has the model speaks another dialect.
dialect::ApiError NotInItsDialect(const Request& request);

// The request allowed less time than it took to read it.
Failure OutOfTime();

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_RECONSIDER_H_
