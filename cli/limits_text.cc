#include "cli/limits_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/allowance_text.h"
#include "cli/cost_text.h"
#include "cli/values.h"
#include "common/concat.h"

namespace weir::cli {
namespace {

using ::weir::admin::v1::BudgetStatus;
using ::weir::admin::v1::Limits;
using ::weir::admin::v1::LimitStatus;

// From when on what is used is near what there is.
constexpr double kNear = 0.8;

std::string Amount(double value) {
  if (value < 100 && value != std::floor(value)) return Number(value, 1);
  return CountText(static_cast<std::uint64_t>(std::llround(value)));
}

// More is wanted than there is: somebody is refused.
Cell WantedCell(const LimitStatus& limit) {
  const Color color = limit.wanted() > limit.capacity() ? Color::kRed
                      : limit.wanted() >= kNear * limit.capacity()
                          ? Color::kYellow
                          : Color::kNone;
  return {Amount(limit.wanted()), color};
}

Table LimitTable(const Limits& limits) {
  Table table({{"LIMIT"},
               {"OF", Align::kRight},
               {"WANTED", Align::kRight},
               {"USED", Align::kRight},
               {"SHARE USED", Align::kRight},
               {"LEASED", Align::kRight},
               {"NODES", Align::kRight}});
  for (const LimitStatus& limit : limits.limits()) {
    table.AddRow(
        {limit.limit(), Amount(limit.capacity()), WantedCell(limit),
         Amount(limit.used()),
         limit.capacity() > 0 ? Percent(limit.used() / limit.capacity()) : "",
         Amount(limit.leased()), std::to_string(limit.nodes())});
  }
  return table;
}

Cell LeftCell(const BudgetStatus& status) {
  const double left = std::max(0.0, status.budget().usd() - status.spent_usd());
  const Color color = left == 0 ? Color::kRed
                      : status.spent_usd() >= kNear * status.budget().usd()
                          ? Color::kYellow
                          : Color::kNone;
  return {DollarText(left), color};
}

Table BudgetTable(const Limits& limits) {
  Table table({{"KEY"},
               {"PERIOD"},
               {"BUDGET", Align::kRight},
               {"SPENT", Align::kRight},
               {"LEFT", Align::kRight},
               {"SHARE SPENT", Align::kRight},
               {"WHEN SPENT"},
               {"UNTIL"}});
  for (const BudgetStatus& status : limits.budgets()) {
    const config::v1::Budget& budget = status.budget();
    table.AddRow(
        {status.client_key(), Text(budget.period()), DollarText(budget.usd()),
         DollarText(status.spent_usd()), LeftCell(status),
         budget.usd() > 0 ? Percent(status.spent_usd() / budget.usd()) : "",
         ConsequenceText(budget),
         status.has_until() ? TimeText(status.until()) : ""});
  }
  return table;
}

}  // namespace

std::string LimitsText(const Limits& limits, Paint paint,
                       std::optional<int> columns) {
  if (limits.limits().empty() && limits.budgets().empty()) {
    return "Nothing is limited.\n";
  }
  std::string text;
  if (!limits.limits().empty()) {
    text = LimitTable(limits).Render(paint, columns);
  }
  if (!limits.budgets().empty()) {
    Append(text, text.empty() ? "" : "\n",
           BudgetTable(limits).Render(paint, columns));
  }
  return text;
}

}  // namespace weir::cli
