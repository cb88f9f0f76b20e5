#include "controlplane/ledger/cost_table.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/ids.h"

namespace weir::controlplane {
namespace {

std::uint64_t TokensOf(const config::PaidWork& work) {
  return work.input + work.cached_input + work.cache_write +
         work.cache_write_1h + work.output;
}

void AddWork(const config::PaidWork& more, config::PaidWork& work) {
  work.input += more.input;
  work.cached_input += more.cached_input;
  work.cache_write += more.cache_write;
  work.cache_write_1h += more.cache_write_1h;
  work.output += more.output;
  work.requests += more.requests;
}

// All but the money.
void Count(const UsageRow& row, CostLine& line) {
  AddUsage(row.sums, line.sums);
  if (row.series.provenance != UsageProvenance::kReported) {
    line.unconfirmed += TokensOf(PaidWorkOf(row.sums));
  }
  line.last_used =
      std::max(line.last_used.value_or(row.last_used), row.last_used);
}

}  // namespace

config::PaidWork PaidWorkOf(const UsageSums& sums) {
  return {.input = sums.fresh_input + sums.audio_input + sums.image_input,
          .cached_input = sums.cache_read,
          .cache_write = sums.cache_write_5m,
          .cache_write_1h = sums.cache_write_1h,
          .output = sums.output + sums.reasoning + sums.audio_output +
                    sums.image_output,
          // Nobody bills what failed.
          .requests = sums.attempts - std::min(sums.failures, sums.attempts)};
}

const config::PriceSchedule& CostTally::PricesOf(const UsageSeries& series) {
  const TargetKey key = {series.model, series.provider, series.upstream_model};
  auto found = prices_.find(key);
  if (found == prices_.end()) {
    found = prices_.emplace(key, basis_.prices(series)).first;
  }
  return found->second;
}

std::string CostTally::GroupOf(const UsageRow& row) const {
  const UsageSeries& series = row.series;
  switch (basis_.group) {
    case CostGroup::kModel:
      return series.model;
    case CostGroup::kProvider:
      return series.provider;
    case CostGroup::kTarget:
      return MakeTargetId(series.provider, series.upstream_model).value;
    case CostGroup::kKey:
      return series.client_key;
    case CostGroup::kTeam: {
      const auto team = basis_.teams.find(series.client_key);
      return team == basis_.teams.end() ? "" : team->second;
    }
    case CostGroup::kDay:
      return absl::FormatTime("%Y-%m-%d", row.begin, absl::UTCTimeZone());
  }
  return "";
}

void CostTally::Add(const UsageRow& row) {
  CostLine& line = lines_[GroupOf(row)];
  Count(row, line);
  Count(row, total_);
  Price(row, line, total_);
}

void CostTally::Price(const UsageRow& row, CostLine& line, CostLine& total) {
  const config::PaidWork work = PaidWorkOf(row.sums);
  const std::optional<config::Price> price = PricesOf(row.series).At(row.begin);
  if (!price.has_value()) {
    if (TokensOf(work) == 0) return;
    line.unpriced_attempts += row.sums.attempts;
    total.unpriced_attempts += row.sums.attempts;
    return;
  }
  const double cost = CostOf(work, *price);
  const double saved = CacheSavingsOf(work, *price);
  double baseline_cost = 0;
  if (basis_.baseline.has_value()) {
    std::optional<config::Price> baseline = basis_.baseline->At(row.begin);
    if (!baseline.has_value()) baseline = basis_.baseline->At(basis_.until);
    if (baseline.has_value()) baseline_cost = CostOf(work, *baseline);
  }
  for (CostLine* each : {&line, &total}) {
    each->cost_usd += cost;
    each->cache_savings_usd += saved;
    each->baseline_usd += baseline_cost;
  }
  Spending& spending = spending_[{row.series.model, row.series.provider,
                                  row.series.upstream_model}];
  AddWork(work, spending.work);
  spending.cost_usd += cost;
}

CostTable CostTally::Take() {
  CostTable table;
  table.total = std::move(total_);
  if (table.total.cost_usd > 0) table.total.share = 1;
  for (auto& [group, line] : lines_) {
    line.group = group;
    if (table.total.cost_usd > 0) {
      line.share = line.cost_usd / table.total.cost_usd;
    }
    table.lines.push_back(std::move(line));
  }
  if (basis_.group != CostGroup::kDay) {
    std::ranges::stable_sort(table.lines, std::ranges::greater(),
                             &CostLine::cost_usd);
  }
  for (auto& [key, spending] : spending_) {
    std::tie(spending.model, spending.provider, spending.upstream_model) = key;
    table.spending.push_back(std::move(spending));
  }
  return table;
}

}  // namespace weir::controlplane
