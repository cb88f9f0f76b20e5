// What follows from how budgets stand: alerts, metrics, refusals.
#ifndef WEIR_CONTROLPLANE_BUDGET_BUDGET_WATCH_H_
#define WEIR_CONTROLPLANE_BUDGET_BUDGET_WATCH_H_

#include <vector>

#include "common/ops/metrics.h"
#include "controlplane/alert/alert_rules.h"
#include "controlplane/budget/budget_book.h"
#include "controlplane/quota/quota_board.h"

namespace weir::controlplane {

// One for each of 50, 80 and 100 % that is reached, until the period ends.
// Pure.
std::vector<Condition> BudgetConditions(
    const std::vector<BudgetStanding>& standings);

// Hard budgets that are spent, by key: those with a fallback for all models
// before the others, and earlier ends before later ones. Older nodes go by
// the last of a key. Pure.
std::vector<SpentKey> SpentKeys(const std::vector<BudgetStanding>& standings);

void AddBudgetMetrics(const std::vector<BudgetStanding>& standings,
                      const std::vector<QuotaBoard::LimitUse>& limits,
                      ops::MetricPage& page);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_BUDGET_BUDGET_WATCH_H_
