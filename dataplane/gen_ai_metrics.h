// OpenTelemetry's names for what nodes measure, beside weir's own.
#ifndef WEIR_DATAPLANE_GEN_AI_METRICS_H_
#define WEIR_DATAPLANE_GEN_AI_METRICS_H_

#include <map>

#include "common/ops/metrics.h"
#include "dataplane/gen_ai_counts.h"

namespace weir::dataplane {

// As Prometheus spells them: `gen_ai.client.token.usage` is
// gen_ai_client_token_usage, and a unit that is a unit of time ends the name.
void AddGenAiMetrics(const std::map<GenAiLabels, GenAiCounts>& answers,
                     ops::MetricPage& page);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_GEN_AI_METRICS_H_
