#include "controlplane/rpc/cost_report.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "controlplane/health/target_state.h"
#include "controlplane/ledger/cost_table.h"
#include "controlplane/ledger/suggestion.h"
#include "controlplane/rpc/timestamp.h"

namespace weir::controlplane {
namespace {

namespace v1 = admin::v1;
using config::PriceList;
using config::PriceSchedule;

constexpr absl::Duration kDefaultTime = absl::Hours(24);
constexpr double kP95 = 0.95;

struct Period {
  absl::Time since;
  absl::Time until;
};

absl::StatusOr<Period> PeriodOf(const v1::GetCostReportRequest& request,
                                absl::Time now) {
  Period period;
  period.until = request.has_until() ? config::ToTime(request.until()) : now;
  period.since = request.has_since() ? config::ToTime(request.since())
                                     : period.until - kDefaultTime;
  if (period.since < absl::UnixEpoch() ||
      period.until > absl::UnixEpoch() + absl::Hours(24 * 366 * 200)) {
    return absl::InvalidArgumentError(
        "since, until: lie where there can be no usage; write times like "
        "2026-01-31T12:00:00Z");
  }
  if (period.since < period.until) return period;
  return absl::InvalidArgumentError(
      "since: is not before until; write the earlier time first");
}

absl::StatusOr<CostGroup> GroupOf(v1::CostGroup group) {
  switch (group) {
    case v1::COST_GROUP_UNSPECIFIED:
    case v1::COST_GROUP_MODEL:
      return CostGroup::kModel;
    case v1::COST_GROUP_PROVIDER:
      return CostGroup::kProvider;
    case v1::COST_GROUP_TARGET:
      return CostGroup::kTarget;
    case v1::COST_GROUP_KEY:
      return CostGroup::kKey;
    case v1::COST_GROUP_TEAM:
      return CostGroup::kTeam;
    case v1::COST_GROUP_DAY:
      return CostGroup::kDay;
    default:
      return absl::InvalidArgumentError(
          "group_by: is not known; use model, provider, target, key, team or "
          "day");
  }
}

// The prices of the model's first target that has one at a time.
std::optional<PriceSchedule> FirstPrices(const config::v1::Model& model,
                                         const PriceList& list,
                                         absl::Time time) {
  for (const config::v1::Target& target : model.targets()) {
    PriceSchedule prices = PricesOf(model, target, list);
    if (prices.At(time).has_value()) return prices;
  }
  return std::nullopt;
}

struct Baseline {
  std::string model;
  // nullopt: no model has a price.
  std::optional<PriceSchedule> prices;
};

Baseline DearestModel(const config::v1::Resources& resources,
                      const PriceList& list, absl::Time time) {
  Baseline dearest;
  double dearest_price = 0;
  for (const config::v1::Model& model : resources.models()) {
    std::optional<PriceSchedule> prices = FirstPrices(model, list, time);
    if (!prices.has_value()) continue;
    const double price = config::BlendedPrice(*prices->At(time));
    if (dearest.prices.has_value() && price <= dearest_price) continue;
    dearest = {model.name(), std::move(prices)};
    dearest_price = price;
  }
  return dearest;
}

absl::StatusOr<Baseline> BaselineOf(const std::string& name,
                                    const config::v1::Resources& resources,
                                    const PriceList& list, absl::Time time) {
  if (name.empty()) return DearestModel(resources, list, time);
  for (const config::v1::Model& model : resources.models()) {
    if (model.name() != name) continue;
    Baseline baseline{name, FirstPrices(model, list, time)};
    if (baseline.prices.has_value()) return baseline;
    return absl::FailedPreconditionError(
        Concat("baseline: no target of model \"", name,
               "\" has a price; give it one, or name another model"));
  }
  return absl::NotFoundError(Concat("no model \"", name, "\""));
}

// The model's own targets, or those of a fallback of that name.
void AddOffers(const config::v1::Model& model, const ModelView& view,
               const std::string& fallback, const PriceList& list,
               absl::Time time, std::vector<Offer>& offers) {
  if (view.mode != config::v1::MODE_ENABLED) return;
  for (const config::v1::Target& target : model.targets()) {
    const std::string upstream = config::UpstreamModel(model, target);
    for (const TargetView& seen : view.targets) {
      if (seen.provider != target.provider() ||
          seen.upstream_model != upstream) {
        continue;
      }
      offers.push_back({.provider = target.provider(),
                        .upstream_model = upstream,
                        .fallback = fallback,
                        .price = PricesOf(model, target, list).At(time),
                        .score = seen.score,
                        .usable = IsUsable(seen.state)});
    }
  }
}

std::map<std::string, std::vector<Offer>> OffersOf(const CostSources& sources,
                                                   const PriceList& list,
                                                   absl::Time time) {
  struct Entry {
    const config::v1::Model* model;
    const ModelView* view;
  };
  std::map<std::string, Entry> models;
  for (const config::v1::Model& model : sources.resources.models()) {
    for (const ModelView& view : sources.fleet.models) {
      if (view.model != model.name()) continue;
      models[model.name()] = {&model, &view};
      for (const std::string& alias : model.aliases()) {
        models[alias] = {&model, &view};
      }
    }
  }
  std::map<std::string, std::vector<Offer>> offers;
  for (const auto& [name, entry] : models) {
    AddOffers(*entry.model, *entry.view, "", list, time, offers[name]);
    for (const std::string& fallback : entry.model->fallback()) {
      const auto found = models.find(fallback);
      if (found == models.end()) continue;
      AddOffers(*found->second.model, *found->second.view, fallback, list, time,
                offers[name]);
    }
  }
  return offers;
}

v1::CostRow ToMessage(const CostLine& line, bool has_baseline) {
  const UsageSums& sums = line.sums;
  v1::CostRow row;
  row.set_group(line.group);
  row.set_requests(sums.requests);
  row.set_attempts(sums.attempts);
  row.set_failures(sums.failures);
  row.set_fresh_input(sums.fresh_input);
  row.set_cache_read(sums.cache_read);
  row.set_cache_write(sums.cache_write_5m + sums.cache_write_1h);
  row.set_media_input(sums.audio_input + sums.image_input);
  row.set_output(sums.output);
  row.set_reasoning(sums.reasoning);
  row.set_media_output(sums.audio_output + sums.image_output);
  row.set_unconfirmed(line.unconfirmed);
  row.set_cost_usd(line.cost_usd);
  row.set_unpriced_attempts(line.unpriced_attempts);
  row.set_share(line.share);
  if (has_baseline) row.set_baseline_usd(line.baseline_usd);
  row.set_cache_savings_usd(line.cache_savings_usd);
  if (sums.latency.count() > 0) {
    row.set_average_latency_ms(static_cast<double>(sums.latency_total_us) /
                               static_cast<double>(sums.latency.count()) /
                               1000);
    row.set_p95_latency_ms(
        absl::ToDoubleMilliseconds(*sums.latency.Quantile(kP95)));
  }
  if (line.last_used.has_value()) {
    *row.mutable_last_used() = ToTimestamp(*line.last_used);
  }
  return row;
}

std::map<std::string, std::string> TeamsOf(
    const config::v1::Resources& resources) {
  std::map<std::string, std::string> teams;
  for (const config::v1::ClientKey& key : resources.client_keys()) {
    teams.emplace(key.name(), key.team());
  }
  return teams;
}

}  // namespace

absl::StatusOr<v1::GetCostReportResponse> MakeCostReport(
    const CostSources& sources, const v1::GetCostReportRequest& request) {
  const absl::StatusOr<Period> period = PeriodOf(request, sources.now);
  if (!period.ok()) return period.status();
  const absl::StatusOr<CostGroup> group = GroupOf(request.group_by());
  if (!group.ok()) return group.status();
  const PriceList list(sources.resources.prices());
  const absl::StatusOr<Baseline> baseline =
      BaselineOf(request.baseline(), sources.resources, list, period->until);
  if (!baseline.ok()) return baseline.status();

  CostTally tally({.group = *group,
                   .prices =
                       [&](const UsageSeries& series) {
                         return Overlay(
                             sources.ledger.OwnPricesOf(series),
                             list.For(series.provider, series.upstream_model));
                       },
                   .teams = TeamsOf(sources.resources),
                   .baseline = baseline->prices,
                   .until = period->until});
  const absl::Status read =
      sources.ledger.store().Read(period->since, period->until,
                                  [&](const UsageRow& row) { tally.Add(row); });
  if (!read.ok()) return read;

  const CostTable table = tally.Take();
  const bool has_baseline = baseline->prices.has_value();
  v1::GetCostReportResponse response;
  for (const CostLine& line : table.lines) {
    *response.add_rows() = ToMessage(line, has_baseline);
  }
  *response.mutable_total() = ToMessage(table.total, has_baseline);
  response.set_baseline(baseline->model);
  for (std::string& sentence :
       Suggestions(table.spending, OffersOf(sources, list, period->until))) {
    response.add_suggestions(std::move(sentence));
  }
  *response.mutable_since() = ToTimestamp(period->since);
  *response.mutable_until() = ToTimestamp(period->until);
  return response;
}

}  // namespace weir::controlplane
