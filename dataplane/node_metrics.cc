#include "dataplane/node_metrics.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/ids.h"
#include "common/ops/certificate_metrics.h"
#include "common/ops/metrics.h"
#include "dataplane/bucket_counts.h"
#include "dataplane/gen_ai_metrics.h"
#include "dataplane/limit_metrics.h"
#include "dataplane/node_status.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/routing_client.h"
#include "dataplane/trace_metrics.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

using ops::Labels;
using ops::MetricPage;

double Number(std::uint64_t count) { return static_cast<double>(count); }

Labels TargetLabels(const TargetId& id) {
  const std::size_t slash = id.value.find('/');
  return {{"provider", id.value.substr(0, slash)},
          {"upstream_model", id.value.substr(slash + 1)}};
}

Labels With(Labels labels, std::string_view name, std::string_view value) {
  labels.push_back({std::string(name), std::string(value)});
  return labels;
}

template <const auto& kBounds>
ops::HistogramCounts Counts(const BucketCounts<kBounds>& histogram) {
  return {kBounds, histogram.buckets, histogram.sum};
}

void AddModels(const WorkerReport& report, MetricPage& page) {
  for (const auto& [name, model] : report.models) {
    for (const auto& [status, count] : model.requests) {
      page.Counter("ai_requests_total",
                   "Requests by model and the status that the client got.",
                   {{"model", name}, {"status", std::to_string(status)}},
                   Number(count));
    }
  }
  for (const auto& [name, model] : report.models) {
    page.Histogram(
        "ai_request_latency_seconds",
        "Time from a request's head to the end of its answer, or to a "
        "stream's first event.",
        {{"model", name}}, Counts(model.latency));
  }
  for (const auto& [name, model] : report.models) {
    page.Histogram("weir_time_to_first_token_seconds",
                   "Time from a streamed request's head to the first event "
                   "with content.",
                   {{"model", name}}, Counts(model.first_token));
  }
  for (const auto& [name, model] : report.models) {
    if (model.hedges == 0) continue;
    page.Counter("weir_hedges_total",
                 "Requests sent to a second target beside a slow first.",
                 {{"model", name}}, Number(model.hedges));
    page.Counter("weir_hedges_won_total",
                 "Those of them that the second target answered.",
                 {{"model", name}}, Number(model.hedges_won));
  }
  for (const auto& [status, count] : report.requests_without_model) {
    page.Counter("weir_requests_without_model_total",
                 "Requests that named no model or an unknown one.",
                 {{"status", std::to_string(status)}}, Number(count));
  }
}

Labels UsageLabels(const std::string& model, const std::string& provider) {
  return {{"model", model}, {"provider", provider}};
}

void AddUsage(const WorkerReport& report, MetricPage& page) {
  for (const auto& [key, usage] : report.usage) {
    const Labels labels = UsageLabels(key.first, key.second);
    const std::pair<const char*, std::uint64_t> kinds[] = {
        {"input", usage.input},
        {"cached_input", usage.cached_input},
        {"cache_write", usage.cache_writes},
        {"output", usage.output},
        {"reasoning", usage.reasoning}};
    for (const auto& [kind, tokens] : kinds) {
      page.Counter("weir_tokens_total",
                   "Tokens as providers reported them, or as estimated where "
                   "they did not; cached_input and cache_write are part of "
                   "input, reasoning of output.",
                   With(labels, "kind", kind), Number(tokens));
    }
    if (usage.input > 0) {
      page.Gauge("weir_cached_input_ratio",
                 "Share of the input tokens since the start that came from the "
                 "provider's prompt cache.",
                 labels, Number(usage.cached_input) / Number(usage.input));
    }
    page.Counter("weir_cost_usd_total",
                 "What the tokens cost by the targets' prices.", labels,
                 usage.cost);
    page.Counter("weir_cache_savings_usd_total",
                 "What more the input would have cost without the providers' "
                 "prompt caches.",
                 labels, usage.cache_savings);
    page.Counter("weir_usage_unbelievable_total",
                 "Token counts of providers that can't be true, and were not "
                 "counted.",
                 labels, Number(usage.unbelievable));
  }
}

void AddAttempts(const TargetId& id, const AttemptCounts& attempts,
                 MetricPage& page) {
  const std::pair<const char*, std::uint64_t> outcomes[] = {
      {"success", attempts.successes},
      {"endpoint_failure", attempts.endpoint_failures},
      {"credential_failure", attempts.credential_failures},
      {"rate_limited", attempts.rate_limited},
      {"client_error", attempts.client_errors},
      {"cancelled", attempts.cancelled}};
  for (const auto& [outcome, count] : outcomes) {
    page.Counter("weir_attempts_total",
                 "Attempts that ended, by what came of them.",
                 With(TargetLabels(id), "outcome", outcome), Number(count));
  }
}

void AddBreaker(const TargetId& id, BreakerState now, MetricPage& page) {
  const std::pair<const char*, BreakerState> states[] = {
      {"closed", BreakerState::kClosed},
      {"open", BreakerState::kOpen},
      {"half_open", BreakerState::kHalfOpen}};
  for (const auto& [name, state] : states) {
    page.Gauge("weir_breaker_state",
               "1 for the state that the target's breaker is in, the worst "
               "of all workers.",
               With(TargetLabels(id), "state", name), state == now ? 1 : 0);
  }
}

void AddTargets(const WorkerReport& report, MetricPage& page) {
  for (const auto& [id, target] : report.targets) {
    AddAttempts(id, target.attempts, page);
    AddBreaker(id, target.breaker, page);
    page.Gauge("weir_target_consecutive_failures",
               "Failures of the endpoint in a row, the longest run of all "
               "workers.",
               TargetLabels(id), target.consecutive_failures);
    page.Gauge("weir_target_in_flight", "Attempts that run.", TargetLabels(id),
               target.in_flight);
    page.Counter("weir_provider_hints_total",
                 "Retry hints of providers that were not taken as they came.",
                 With(TargetLabels(id), "verdict", "ignored"),
                 Number(target.hints_ignored));
    page.Counter("weir_provider_hints_total", "",
                 With(TargetLabels(id), "verdict", "capped"),
                 Number(target.hints_capped));
    if (target.headroom.has_value()) {
      page.Gauge("weir_target_headroom",
                 "Share that is left of the provider's own limits, as its last "
                 "answers said.",
                 TargetLabels(id), *target.headroom);
    }
    page.Counter("weir_provider_connections_total",
                 "Attempts by whether they opened a connection.",
                 With(TargetLabels(id), "kind", "opened"),
                 Number(target.connections_opened));
    page.Counter("weir_provider_connections_total", "",
                 With(TargetLabels(id), "kind", "reused"),
                 Number(target.connections_reused));
  }
}

void AddTraffic(const WorkerReport& report, MetricPage& page) {
  for (const auto& [code, count] : report.errors) {
    page.Counter("weir_errors_total", "Requests that weir itself failed.",
                 {{"code", code}}, Number(count));
  }
  for (const auto& [provider, refused] : report.refused_credentials) {
    page.Gauge("weir_provider_credentials_refused",
               "Credentials that were refused since they last worked.",
               {{"provider", provider}}, Number(refused.size()));
  }
  for (const auto& [name, count] : report.ignored_headers) {
    page.Counter("weir_ignored_headers_total",
                 "Headers of clients that were ignored because of their value.",
                 {{"header", name}}, Number(count));
  }
  for (const auto& [name, count] : report.dropped_fields) {
    page.Counter("weir_dropped_fields_total",
                 "Fields that translated requests left out, since the answer "
                 "does not depend on them.",
                 {{"field", name}}, Number(count));
  }
  page.Histogram("weir_overhead_seconds",
                 "Time that weir itself took, to the first byte of a "
                 "provider's answer.",
                 {}, Counts(report.overhead));
  page.Counter("weir_retries_total", "Attempts after the first at one target.",
               {}, Number(report.retries));
  page.Counter("weir_failovers_total", "Attempts at another target.", {},
               Number(report.failovers));
  page.Counter("weir_streams_total",
               "Streams that ended, by whether their end was seen.",
               {{"outcome", "completed"}}, Number(report.streams_completed));
  page.Counter("weir_streams_total", "", {{"outcome", "broken"}},
               Number(report.streams_broken));
  page.Counter("weir_client_disconnects_total",
               "Clients that left before their answer ended.", {},
               Number(report.client_disconnects));
  page.Counter("weir_client_connections_total",
               "Connections of clients, by what became of them.",
               {{"outcome", "accepted"}}, Number(report.connections_accepted));
  page.Counter("weir_client_connections_total", "", {{"outcome", "refused"}},
               Number(report.connections_refused));
  page.Counter("weir_tls_handshake_failures_total",
               "Connections of clients that ended before TLS was agreed on.",
               {}, Number(report.tls_handshake_failures));
  page.Counter("weir_client_received_bytes_total", "Bytes from clients.", {},
               Number(report.bytes_from_clients));
  page.Counter("weir_client_sent_bytes_total", "Bytes to clients.", {},
               Number(report.bytes_to_clients));
}

void AddInFlight(const WorkerReport& report, MetricPage& page) {
  page.Gauge("weir_client_connections_open", "Connections of clients.", {},
             report.connections_open);
  page.Gauge("weir_requests_in_flight", "Requests being served.", {},
             report.requests_in_flight);
  page.Gauge("weir_streams_in_flight", "Streams being served.", {},
             report.streams_in_flight);
  page.Gauge("weir_held_body_bytes", "Request and answer bytes in memory.", {},
             Number(report.body_bytes_in_flight));
  page.Gauge("weir_shed_ratio",
             "Share of requests refused for want of processor time.", {},
             report.shed_share);
}

void AddVersion(const std::string& lane, const Version& version,
                MetricPage& page) {
  page.Gauge("weir_lane_epoch", "Epoch of the version that the node runs.",
             {{"lane", lane}}, Number(version.epoch));
  page.Gauge("weir_lane_sequence",
             "Sequence of the version that the node runs.", {{"lane", lane}},
             Number(version.sequence));
}

void AddShares(const Snapshot& snapshot, MetricPage& page) {
  for (const ModelEntry& model : snapshot.config->models) {
    for (TargetIndex i = model.first_target; i < model.end_target; ++i) {
      page.Gauge("weir_target_share",
                 "Share of a model's first attempts that the target gets.",
                 With(TargetLabels(snapshot.config->targets[i].id), "model",
                      model.name),
                 snapshot.weights->share[i].weight);
    }
  }
}

void AddSnapshot(const NodeStatus& status, MetricPage& page) {
  if (status.snapshot.config == nullptr) return;
  AddVersion("config", status.snapshot.config->version, page);
  if (status.snapshot.weights->version.has_value()) {
    AddVersion("weights", *status.snapshot.weights->version, page);
  }
  AddShares(status.snapshot, page);
  if (status.config_age.has_value()) {
    page.Gauge("weir_lane_age_seconds",
               "Time since the node took up the configuration, and since the "
               "control plane last confirmed the weights.",
               {{"lane", "config"}}, absl::ToDoubleSeconds(*status.config_age));
  }
  if (status.weights_age.has_value()) {
    page.Gauge("weir_lane_age_seconds", "", {{"lane", "weights"}},
               absl::ToDoubleSeconds(*status.weights_age));
  }
  page.Gauge("weir_weights_trust",
             "1 while the weights are fresh, down to 0 when only base weights "
             "count.",
             {}, status.trust);
  page.Gauge("weir_config_warnings",
             "Things that the configuration has to do without on this node.",
             {}, Number(status.warnings));
}

void AddUsageDelivery(const NodeStatus& status, MetricPage& page) {
  const UsageStatus& usage = status.usage;
  page.Gauge("weir_usage_batches_waiting",
             "Batches of usage that the control plane has not acknowledged.",
             {}, Number(usage.batches_waiting));
  page.Gauge("weir_usage_bytes_waiting", "Their size.", {},
             Number(usage.bytes_waiting));
  page.Gauge("weir_usage_outlives_process",
             "1 where usage that is not delivered survives a kill.", {},
             usage.outlives_process ? 1 : 0);
  page.Counter("weir_usage_batches_sent_total",
               "Batches of usage to the control plane, repetitions too.", {},
               Number(status.client.usage_batches_sent));
  page.Counter("weir_usage_batches_acknowledged_total",
               "Batches of usage that are in the ledger.", {},
               Number(usage.batches_acknowledged));
  page.Counter("weir_usage_attempts_interrupted_total",
               "Attempts that an earlier start of this node had not ended when "
               "it was killed; settled by what was known.",
               {}, Number(usage.attempts_interrupted));
  page.Counter("weir_usage_attempts_lost_total",
               "Attempts that the ledger will not hear of: no room was left.",
               {}, Number(usage.attempts_lost));
  page.Counter("weir_usage_write_failures_total",
               "Batches that could not be written to the spool.", {},
               Number(usage.write_failures));
}

void AddAccessLog(const NodeStatus& status, MetricPage& page) {
  page.Counter("weir_access_log_lines_total",
               "Lines of the access log, by what became of them.",
               {{"outcome", "written"}}, Number(status.access_lines_written));
  page.Counter("weir_access_log_lines_total", "", {{"outcome", "dropped"}},
               Number(status.access_lines_dropped));
}

void AddControlPlane(const NodeStatus& status, MetricPage& page) {
  page.Gauge("weir_control_plane_connected",
             "1 while the control plane talks to this node.", {},
             status.link == RoutingClient::Link::kUp ? 1 : 0);
  page.Counter("weir_control_plane_connects_total",
               "Streams that were begun to the control plane.", {},
               Number(status.client.connects));
  page.Counter("weir_reports_sent_total", "Reports to the control plane.", {},
               Number(status.client.reports_sent));
  page.Counter("weir_unknown_messages_total",
               "Messages of the control plane that this version doesn't know.",
               {}, Number(status.client.unknown_messages));
  for (const auto& [key, count] : status.client.updates) {
    page.Counter("weir_lane_updates_total",
                 "Updates of the control plane, by what became of them.",
                 {{"lane", key.first}, {"outcome", key.second}}, Number(count));
  }
  page.Counter("weir_snapshot_cache_writes_total", "Writes that succeeded.", {},
               Number(status.cache_writes));
  page.Counter("weir_snapshot_cache_write_failures_total",
               "Writes that failed.", {}, Number(status.cache_write_failures));
}

}  // namespace

MetricPage NodeMetrics(const NodeStatus& status) {
  MetricPage page;
  AddUsageDelivery(status, page);
  AddAccessLog(status, page);
  AddTraceMetrics(status.traces, page);
  AddTraffic(status.report, page);
  AddInFlight(status.report, page);
  AddSnapshot(status, page);
  AddControlPlane(status, page);
  for (const ops::PortCertificates& certificates : status.certificates) {
    ops::AddCertificateMetrics(certificates, page);
  }
  page.Gauge("weir_ready", "1 while the node should get requests.", {},
             status.readiness == NodeReadiness::kReady ? 1 : 0);
  page.Gauge("weir_workers", "Worker threads.", {}, status.workers);
  page.Gauge("weir_build_info", "Always 1.", {{"version", WEIR_VERSION}}, 1);
  // What grows with the configuration comes last, so that it is what goes where
  // there is too much, beginning with the end.
  AddModels(status.report, page);
  AddLimitMetrics(status.limits, page);
  AddTargets(status.report, page);
  AddUsage(status.report, page);
  AddGenAiMetrics(status.report.gen_ai, page);
  page.AddDropped();
  return page;
}

}  // namespace weir::dataplane
