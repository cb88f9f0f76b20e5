// From what workers remember of requests to the messages of the stream.
#ifndef WEIR_DATAPLANE_SYNC_DECISION_BUILD_H_
#define WEIR_DATAPLANE_SYNC_DECISION_BUILD_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/decision/decision.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/snapshot.h"
#include "weir/routing/v1/decision.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// Of the node that remembers.
struct DecisionSite {
  std::string node_id;
  std::string region;
  // The same moment on both of the clock's hands.
  absl::Time now;
  absl::Time wall_now;
};

// `config` is what the decision's indexes are good for.
routing::v1::Decision BuildDecision(const Decision& decision,
                                    const RoutingConfig& config,
                                    const DecisionSite& site);

// The bound that DecisionAnswer promises.
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20;

DecisionQuery FromProto(const routing::v1::DecisionQuery& query);

// `batches` are of the workers, in any order.
routing::v1::DecisionAnswer BuildDecisionAnswer(
    const routing::v1::DecisionQuery& query,
    const std::vector<DecisionBatch>& batches, const DecisionSite& site);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_DECISION_BUILD_H_
