// How a stream begins: a node's Hello, and what the Welcome asks of it.
#ifndef WEIR_DATAPLANE_SYNC_GREETING_H_
#define WEIR_DATAPLANE_SYNC_GREETING_H_

#include <optional>

#include "absl/time/time.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/report_pace.h"
#include "dataplane/sync/routing_client.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// Who the node is, and what it runs.
routing::v1::SubscribeRequest HelloOf(const RoutingClientOptions& options,
                                      const Lanes& lanes);

// The silence after which a stream is dead: three heartbeats may be missed. 0.5
// s to 5 min; nullopt where the control plane does not say how often they come.
std::optional<absl::Duration> SilenceLimitOf(
    const routing::v1::Welcome& welcome);

ReportTerms ReportTermsOf(const routing::v1::Welcome& welcome);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_GREETING_H_
