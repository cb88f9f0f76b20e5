// Asks all workers what they remember of requests.
#ifndef WEIR_DATAPLANE_DECISION_GATHER_H_
#define WEIR_DATAPLANE_DECISION_GATHER_H_

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/decision/decision_log.h"

namespace weir::dataplane {

// What Worker::FindDecisions() is: calls `done` once, on any thread.
using DecisionSource =
    std::function<void(DecisionQuery, std::function<void(DecisionBatch)> done)>;

// How long an answer may take. A worker's loop never blocks for milliseconds.
inline constexpr absl::Duration kDecisionLimit = absl::Seconds(1);

// Calls `done` on `executor` once, with what the sources answered within
// `limit`, in any order. Does not wait for those that are stuck.
//
// Thread safety: `executor` runs one handler at a time; call it from there.
void GatherDecisions(const boost::asio::any_io_executor& executor,
                     const std::vector<DecisionSource>& sources,
                     const DecisionQuery& query, absl::Duration limit,
                     std::function<void(std::vector<DecisionBatch>)> done);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DECISION_GATHER_H_
