// Limits and budgets as the Admin service tells of them.
#ifndef WEIR_CONTROLPLANE_RPC_LIMIT_MESSAGES_H_
#define WEIR_CONTROLPLANE_RPC_LIMIT_MESSAGES_H_

#include <vector>

#include "controlplane/budget/budget_book.h"
#include "controlplane/quota/quota_board.h"
#include "weir/admin/v1/limits.pb.h"

namespace weir::controlplane {

// Pure.
admin::v1::Limits LimitsMessage(const std::vector<QuotaBoard::LimitUse>& limits,
                                const std::vector<BudgetStanding>& budgets);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_LIMIT_MESSAGES_H_
