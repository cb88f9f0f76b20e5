#include "dataplane/gen_ai_metrics.h"

#include <map>
#include <utility>

#include "common/ops/metrics.h"
#include "dataplane/bucket_counts.h"
#include "dataplane/gen_ai_counts.h"

namespace weir::dataplane {
namespace {

ops::Labels LabelsOf(const GenAiLabels& labels) {
  return {{"gen_ai_operation_name", labels.operation},
          {"gen_ai_provider_name", labels.provider_name},
          {"gen_ai_request_model", labels.request_model},
          {"gen_ai_response_model", labels.response_model},
          {"provider", labels.provider}};
}

template <const auto& kBounds>
void AddOne(const char* name, const char* help, ops::Labels labels,
            const BucketCounts<kBounds>& counts, ops::MetricPage& page) {
  page.Histogram(name, help, std::move(labels),
                 {kBounds, counts.buckets, counts.sum});
}

void AddTokens(const GenAiLabels& labels, const char* type,
               const BucketCounts<kTokenBounds>& counts,
               ops::MetricPage& page) {
  ops::Labels all = LabelsOf(labels);
  all.push_back({"gen_ai_token_type", type});
  AddOne("gen_ai_client_token_usage", "Tokens of one answer.", std::move(all),
         counts, page);
}

}  // namespace

void AddGenAiMetrics(const std::map<GenAiLabels, GenAiCounts>& answers,
                     ops::MetricPage& page) {
  for (const auto& [labels, counts] : answers) {
    AddTokens(labels, "input", counts.input_tokens, page);
    AddTokens(labels, "output", counts.output_tokens, page);
    AddOne("gen_ai_server_request_duration_seconds",
           "Time from the head of an answered request to the end of its "
           "answer.",
           LabelsOf(labels), counts.duration, page);
    AddOne("gen_ai_server_time_to_first_token_seconds",
           "Time from a streamed request's head to the first event with "
           "content.",
           LabelsOf(labels), counts.first_token, page);
    AddOne("gen_ai_server_time_per_output_token_seconds",
           "Time of a streamed answer after its first token, for each of the "
           "others.",
           LabelsOf(labels), counts.per_output_token, page);
  }
}

}  // namespace weir::dataplane
