#include "controlplane/budget/budget_book.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controlplane/budget/budget_period.h"
#include "controlplane/budget/key_spending.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {
namespace {

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
  auto spending = std::make_unique<KeySpending>(ledger_, *read_for);
  if (begin.has_value()) {
    absl::Status read = ledger_.store().Read(
        std::max(*begin, absl::UnixEpoch()), now + absl::Hours(24),
        [&spending](const UsageRow& row) { spending->Add(row); });
    if (!read.ok()) return read;
  }
  MutexLock lock(&mutex_);
  // They changed meanwhile, and may need other rows: the next call reads those.
  if (resources_ != read_for) return absl::OkStatus();
  stale_ = false;
  spending_ = std::move(spending);
  return absl::OkStatus();
}

void BudgetBook::ReadAgain() {
  MutexLock lock(&mutex_);
  stale_ = true;
}

void BudgetBook::OnKept(const std::vector<UsageRow>& rows) {
  MutexLock lock(&mutex_);
  // Refresh() will read them.
  if (stale_ || spending_ == nullptr) return;
  for (const UsageRow& row : rows) spending_->Add(row);
}

std::vector<BudgetStanding> BudgetBook::Standings() const {
  const absl::Time now = clock_.WallNow();
  std::vector<BudgetStanding> standings;
  MutexLock lock(&mutex_);
  if (resources_ == nullptr) return standings;
  for (const config::v1::ClientKey& key : resources_->client_keys()) {
    for (const config::v1::Budget& budget : key.budgets()) {
      const PeriodSpan span = SpanOf(budget.period(), now);
      const double spent =
          spending_ == nullptr ? 0 : spending_->Since(key.name(), span.begin);
      standings.push_back({key.name(), budget, spent, span.end});
    }
  }
  return standings;
}

}  // namespace weir::controlplane
