#include "controlplane/ledger_watch.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/alert_kind.h"
#include "controlplane/ledger/misreports.h"

namespace weir::controlplane {
namespace {

// A backup tool may hold the database for seconds.
constexpr absl::Duration kLedgerPatience = absl::Seconds(5);

}  // namespace

std::vector<Condition> LedgerConditions(const Ledger::Stats& stats) {
  if (!stats.failing_for.has_value() || *stats.failing_for < kLedgerPatience) {
    return {};
  }
  return {{std::string(config::alert_kind::kLedger), "usage",
           Severity::kCritical, Onset::kAtOnce,
           Concat("usage can't be stored and waits, on nodes too: ",
                  stats.failure)}};
}

std::vector<Condition> MisreportConditions(
    const std::vector<Misreports::Source>& sources) {
  std::vector<Condition> conditions;
  for (const Misreports::Source& source : sources) {
    conditions.push_back(
        {std::string(config::alert_kind::kMisreportedUsage),
         Concat(source.provider, "/", source.upstream_model),
         Severity::kWarning, Onset::kAtOnce,
         Concat("provider ", source.provider, " says of ",
                source.upstream_model,
                "'s tokens what can't be true; they are estimated")});
  }
  return conditions;
}

void AddLedgerMetrics(const Ledger::Stats& stats,
                      const RoutingCounters& routing, ops::MetricPage& page) {
  const auto batches = [&](const char* result, std::uint64_t value) {
    page.Counter("weir_ledger_batches_total",
                 "Batches of usage by what became of them; refused ones come "
                 "again.",
                 {{"result", result}}, static_cast<double>(value));
  };
  batches("kept", stats.kept);
  batches("repeated", stats.repeated);
  batches("refused", stats.refused);
  page.Counter("weir_ledger_missing_batches_total",
               "Batches that never came, though later ones of their boot did.",
               {}, static_cast<double>(stats.missing));
  page.Counter("weir_ledger_rows_total", "Rows of usage in kept batches.", {},
               static_cast<double>(stats.rows));
  page.Counter("weir_ledger_errors_total",
               "Times that the store could not take usage.", {},
               static_cast<double>(stats.errors));
  page.Gauge("weir_ledger_waiting_batches", "Batches that wait for the store.",
             {}, static_cast<double>(stats.waiting_batches));
  page.Gauge(
      "weir_ledger_failing_seconds",
      "Since when the store does not take usage; 0: it does.", {},
      absl::ToDoubleSeconds(stats.failing_for.value_or(absl::ZeroDuration())));
  const auto misfits = [&](const char* kind, std::uint64_t value) {
    page.Counter("weir_ledger_misfits_total",
                 "What nodes said and can't be true: it was put right or left "
                 "out.",
                 {{"kind", kind}}, static_cast<double>(value));
  };
  misfits("minute", routing.usage_minutes_moved);
  misfits("name", routing.usage_names_cut);
  misfits("count", routing.usage_counts_cut);
  misfits("latency", routing.usage_latencies_dropped);
  misfits("record", routing.usage_records_dropped);
}

}  // namespace weir::controlplane
