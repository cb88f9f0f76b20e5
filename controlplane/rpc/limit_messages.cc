#include "controlplane/rpc/limit_messages.h"

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/rpc/timestamp.h"

namespace weir::controlplane {

admin::v1::Limits LimitsMessage(const std::vector<QuotaBoard::LimitUse>& limits,
                                const std::vector<BudgetStanding>& budgets) {
  admin::v1::Limits message;
  for (const QuotaBoard::LimitUse& limit : limits) {
    admin::v1::LimitStatus& status = *message.add_limits();
    status.set_limit(limit.limit);
    status.set_capacity(limit.capacity);
    status.set_wanted(limit.wanted);
    status.set_used(limit.used);
    status.set_leased(limit.leased);
    status.set_nodes(static_cast<std::uint32_t>(limit.holders));
  }
  for (const BudgetStanding& budget : budgets) {
    admin::v1::BudgetStatus& status = *message.add_budgets();
    status.set_client_key(budget.client_key);
    *status.mutable_budget() = budget.budget;
    status.set_spent_usd(budget.spent_usd);
    if (budget.until != absl::InfiniteFuture()) {
      *status.mutable_until() = ToTimestamp(budget.until);
    }
  }
  return message;
}

}  // namespace weir::controlplane
