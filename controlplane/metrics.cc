#include "controlplane/metrics.h"

#include <algorithm>

#include "absl/time/time.h"
#include "controlplane/http_views.h"

namespace weir::controlplane {
namespace {

using ops::MetricPage;

void AddModels(const FleetView& fleet, MetricPage& page) {
  for (const ModelView& model : fleet.models) {
    std::optional<double> best;
    for (const TargetView& target : model.targets) {
      if (!target.score.has_value()) continue;
      best = std::max(best.value_or(0), *target.score);
    }
    if (best.has_value()) {
      page.Gauge("ai_model_health_score",
                 "Best score of the model's targets, 0 to 100.",
                 {{"model", model.model}}, *best);
    }
    page.Gauge("ai_model_available", "1: at least one target is usable.",
               {{"model", model.model}}, model.usable ? 1 : 0);
    page.Gauge("weir_model_panic",
               "1: health is ignored, because too few targets are usable.",
               {{"model", model.model}}, model.panic ? 1 : 0);
  }
}

void AddTarget(const std::string& model, const TargetView& target,
               MetricPage& page) {
  const ops::Labels labels = {{"model", model},
                              {"provider", target.provider},
                              {"upstream_model", target.upstream_model}};
  ops::Labels with_state = labels;
  with_state.push_back({"state", StateName(target.state)});
  page.Gauge("weir_target_state", "1 for the state that the target is in.",
             with_state, 1);
  page.Gauge("weir_target_weight", "Share of first attempts, 0 to 1.", labels,
             target.weight);
  page.Gauge("weir_target_breakers_open", "Nodes whose breaker is not closed.",
             labels, target.breakers_open);
  if (target.score.has_value()) {
    page.Gauge("weir_target_score", "0 to 100.", labels, *target.score);
  }
  if (target.latency.has_value()) {
    page.Gauge("weir_target_latency_seconds",
               "Moving average of the time to an answer.", labels,
               absl::ToDoubleSeconds(*target.latency));
  }
  page.Gauge("weir_target_allowance",
             "What rate limits and a brown-out leave of its weight, 0 to 1.",
             labels, target.allowance);
  if (target.headroom.has_value()) {
    page.Gauge("weir_target_headroom",
               "Smallest share left of the provider's limits, 0 to 1.", labels,
               *target.headroom);
  }
  for (const auto& [region, latency] : target.latency_by_region) {
    ops::Labels with_region = labels;
    with_region.push_back({"region", region});
    page.Gauge("weir_target_region_latency_seconds",
               "The same, as nodes of a region measure it.", with_region,
               absl::ToDoubleSeconds(latency));
  }
}

void AddRegions(const ModelView& model, MetricPage& page) {
  for (const RegionView& region : model.regions) {
    for (std::size_t i = 0; i < model.targets.size(); ++i) {
      const TargetView& target = model.targets[i];
      page.Gauge("weir_target_region_weight",
                 "Share of first attempts from a region, 0 to 1.",
                 {{"model", model.model},
                  {"provider", target.provider},
                  {"upstream_model", target.upstream_model},
                  {"region", region.region}},
                 region.targets[i].weight);
    }
  }
}

void AddPublications(const MetricsInput& input, MetricPage& page) {
  const auto sequence = [](const PublicationPtr& lane) {
    return lane == nullptr ? 0.0 : static_cast<double>(lane->version.sequence);
  };
  page.Gauge("weir_epoch", "Grows with each start of the control plane.", {},
             static_cast<double>(input.epoch));
  page.Gauge("weir_registry_revision", "Grows with each change.", {},
             static_cast<double>(input.revision));
  const char* kSequence = "Version that nodes should run, inside the epoch.";
  page.Gauge("weir_published_sequence", kSequence, {{"lane", "config"}},
             sequence(input.config));
  page.Gauge("weir_published_sequence", kSequence, {{"lane", "weights"}},
             sequence(input.weights));
}

void AddNodes(const MetricsInput& input, MetricPage& page) {
  const auto gauge = [&](const char* name, const char* help, double value) {
    page.Gauge(name, help, {}, value);
  };
  gauge("weir_nodes_connected", "Nodes with a stream.",
        static_cast<double>(input.nodes.connected));
  gauge("weir_nodes_draining", "Of these, draining.",
        static_cast<double>(input.nodes.draining));
  gauge("weir_nodes_refusing", "Of these, having refused their last version.",
        static_cast<double>(input.nodes.refusing));
  const char* kConverged = "Connected nodes that run the latest version.";
  page.Gauge("weir_nodes_converged", kConverged, {{"lane", "config"}},
             static_cast<double>(input.nodes.on_config));
  page.Gauge("weir_nodes_converged", kConverged, {{"lane", "weights"}},
             static_cast<double>(input.nodes.on_weights));
}

void AddStreams(const MetricsInput& input, MetricPage& page) {
  const auto count = [&](const char* name, const char* help,
                         std::uint64_t value) {
    page.Counter(name, help, {}, static_cast<double>(value));
  };
  page.Gauge("weir_streams_open", "Streams of nodes.", {},
             static_cast<double>(input.streams));
  count("weir_streams_opened_total", "Streams that began.",
        input.routing.streams_opened);
  count("weir_streams_refused_total", "Streams for which there was no room.",
        input.routing.streams_refused);
  count("weir_streams_replaced_total", "Ended by a newer one of their node.",
        input.routing.streams_replaced);
  count("weir_streams_broken_total", "Ended for what the peer did.",
        input.routing.streams_broken);
  count("weir_nacks_total", "Versions refused by a node.", input.routing.nacks);
  count("weir_reports_total", "Reports of nodes.", input.routing.reports);
  count("weir_unknown_messages_total", "Messages of a kind not known here.",
        input.routing.unknown_messages);
  page.Gauge("weir_grpc_connections_open", "Connections to the gRPC port.", {},
             static_cast<double>(input.connections.open));
  count("weir_grpc_connections_accepted_total", "Connections accepted.",
        input.connections.accepted);
  count("weir_grpc_connections_refused_total",
        "Closed at once, because there were too many.",
        input.connections.refused);
  count("weir_descriptor_shortages_total",
        "Times the process had no file descriptor left.",
        input.connections.descriptor_shortages);
}

void AddProbes(const std::map<std::string, ProbeCounts>& probes,
               MetricPage& page) {
  for (const auto& [provider, counts] : probes) {
    const char* kHelp = "Active health checks, by how they went.";
    page.Counter("weir_probes_total", kHelp,
                 {{"provider", provider}, {"outcome", "success"}},
                 static_cast<double>(counts.successes));
    page.Counter("weir_probes_total", kHelp,
                 {{"provider", provider}, {"outcome", "failure"}},
                 static_cast<double>(counts.failures));
    page.Histogram(
        "weir_probe_duration_seconds", "Time that active health checks took.",
        {{"provider", provider}},
        {kProbeSecondsBounds, counts.seconds_buckets, counts.seconds_sum});
  }
}

void AddProviders(const FleetView& fleet, MetricPage& page) {
  for (const ProviderView& provider : fleet.providers) {
    const ops::Labels labels = {{"provider", provider.provider}};
    const auto refused =
        std::ranges::count(provider.credentials, CredentialState::kRefused,
                           &CredentialView::state);
    page.Gauge("weir_provider_credentials_refused",
               "Credentials that the provider refuses.", labels,
               static_cast<double>(refused));
    page.Gauge("weir_probe_cost_today_usd",
               "What active health checks of today, UTC, cost.", labels,
               provider.probe_cost_today_usd);
    page.Gauge("weir_probe_budget_reached",
               "1: today's budget of active health checks is spent.", labels,
               provider.probe_budget_reached ? 1 : 0);
  }
}

}  // namespace

ops::MetricPage MakeMetrics(const MetricsInput& input) {
  MetricPage page;
  AddModels(input.fleet, page);
  for (const ModelView& model : input.fleet.models) {
    for (const TargetView& target : model.targets) {
      AddTarget(model.model, target, page);
    }
    AddRegions(model, page);
  }
  AddPublications(input, page);
  AddNodes(input, page);
  AddStreams(input, page);
  AddProbes(input.probes, page);
  AddProviders(input.fleet, page);
  page.Counter("weir_store_errors_total", "Changes that could not be stored.",
               {}, static_cast<double>(input.store_errors));
  page.Gauge("weir_providers_without_credential",
             "Providers none of whose credentials resolves here.", {},
             static_cast<double>(input.providers_without_credential));
  if (input.resource_file_applied.has_value()) {
    page.Gauge("weir_resource_file_applied",
               "1: the registry equals the resource file.", {},
               *input.resource_file_applied ? 1 : 0);
  }
  page.Gauge("weir_build_info", "Always 1.", {{"version", WEIR_VERSION}}, 1);
  return page;
}

}  // namespace weir::controlplane
