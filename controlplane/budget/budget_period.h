// When budgets begin and end; all in UTC.
#ifndef WEIR_CONTROLPLANE_BUDGET_BUDGET_PERIOD_H_
#define WEIR_CONTROLPLANE_BUDGET_BUDGET_PERIOD_H_

#include "absl/time/time.h"
#include "weir/config/v1/client_key.pb.h"

namespace weir::controlplane {

// The period that `now` is in: [begin, end).
struct PeriodSpan {
  // absl::InfinitePast() and absl::InfiniteFuture() where it has none.
  absl::Time begin;
  absl::Time end;
};

// Pure.
PeriodSpan SpanOf(config::v1::BudgetPeriod period, absl::Time now);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_BUDGET_BUDGET_PERIOD_H_
