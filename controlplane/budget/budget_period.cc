#include "controlplane/budget/budget_period.h"

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace weir::controlplane {
namespace {

template <typename Civil>
PeriodSpan CivilSpan(absl::Time now) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const Civil civil(absl::ToCivilSecond(now, utc));
  return {absl::FromCivil(civil, utc), absl::FromCivil(civil + 1, utc)};
}

}  // namespace

PeriodSpan SpanOf(config::v1::BudgetPeriod period, absl::Time now) {
  switch (period) {
    case config::v1::BUDGET_PERIOD_DAY:
      return CivilSpan<absl::CivilDay>(now);
    case config::v1::BUDGET_PERIOD_MONTH:
      return CivilSpan<absl::CivilMonth>(now);
    default:
      return {absl::InfinitePast(), absl::InfiniteFuture()};
  }
}

}  // namespace weir::controlplane
