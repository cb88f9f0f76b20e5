#include "controlplane/budget/budget_book.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/config/price.h"
#include "controlplane/budget/budget_period.h"
#include "controlplane/ledger/cost_table.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {
namespace {

std::int64_t DayOf(absl::Time time) {
  return absl::ToUnixSeconds(SpanOf(config::v1::BUDGET_PERIOD_DAY, time).begin);
}

// From when on rows matter to any budget; nullopt: there is none.
std::optional<absl::Time> BeginOf(const config::v1::Resources& resources,
                                  absl::Time now) {
  std::optional<absl::Time> begin;
  for (const config::v1::ClientKey& key : resources.client_keys()) {
    for (const config::v1::Budget& budget : key.budgets()) {
      begin = std::min(begin.value_or(now), SpanOf(budget.period(), now).begin);
    }
  }
  return begin;
}

}  // namespace

void BudgetBook::SetResources(
    std::shared_ptr<const config::v1::Resources> resources) {
  MutexLock lock(&mutex_);
  resources_ = std::move(resources);
  list_ = std::make_shared<const config::PriceList>(resources_->prices());
  stale_ = true;
}

absl::Status BudgetBook::Refresh() {
  const absl::Time now = clock_.WallNow();
  std::shared_ptr<const config::v1::Resources> read_for;
  {
    MutexLock lock(&mutex_);
    if (!stale_) return absl::OkStatus();
    read_for = resources_;
  }
  const std::optional<absl::Time> begin = BeginOf(*read_for, now);
  std::vector<UsageRow> rows;
  if (begin.has_value()) {
    absl::Status read = ledger_.store().Read(
        std::max(*begin, absl::UnixEpoch()), now + absl::Hours(24),
        [&rows](const UsageRow& row) { rows.push_back(row); });
    if (!read.ok()) return read;
  }
  MutexLock lock(&mutex_);
  // They changed meanwhile, and may need other rows: the next call reads those.
  if (resources_ != read_for) return absl::OkStatus();
  stale_ = false;
  prices_.clear();
  spent_.clear();
  for (const config::v1::ClientKey& key : resources_->client_keys()) {
    if (key.budgets_size() > 0) spent_[key.name()];
  }
  for (const UsageRow& row : rows) Add(row);
  return absl::OkStatus();
}

void BudgetBook::OnKept(const std::vector<UsageRow>& rows) {
  MutexLock lock(&mutex_);
  // Refresh() will read them.
  if (stale_) return;
  for (const UsageRow& row : rows) Add(row);
}

void BudgetBook::Add(const UsageRow& row) {
  const auto spent = spent_.find(row.series.client_key);
  if (spent == spent_.end()) return;
  const std::optional<config::Price> price = PricesOf(row.series).At(row.begin);
  if (!price.has_value()) return;
  spent->second[DayOf(row.begin)] +=
      config::CostOf(PaidWorkOf(row.sums), *price);
}

const config::PriceSchedule& BudgetBook::PricesOf(const UsageSeries& series) {
  const auto found = prices_.find(series);
  if (found != prices_.end()) return found->second;
  return prices_
      .emplace(series,
               Overlay(ledger_.OwnPricesOf(series),
                       list_->For(series.provider, series.upstream_model)))
      .first->second;
}

std::vector<BudgetStanding> BudgetBook::Standings() const {
  const absl::Time now = clock_.WallNow();
  std::vector<BudgetStanding> standings;
  MutexLock lock(&mutex_);
  if (resources_ == nullptr) return standings;
  for (const config::v1::ClientKey& key : resources_->client_keys()) {
    const auto days = spent_.find(key.name());
    for (const config::v1::Budget& budget : key.budgets()) {
      const PeriodSpan span = SpanOf(budget.period(), now);
      BudgetStanding standing{key.name(), budget, 0, span.end};
      if (days != spent_.end()) {
        for (const auto& [day, usd] : days->second) {
          if (absl::FromUnixSeconds(day) >= span.begin) {
            standing.spent_usd += usd;
          }
        }
      }
      standings.push_back(std::move(standing));
    }
  }
  return standings;
}

}  // namespace weir::controlplane
