#include "controlplane/budget/budget_watch.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/concat.h"
#include "common/config/alert_kind.h"
#include "common/config/enum_text.h"

namespace weir::controlplane {
namespace {

// In hundredths.
constexpr std::array<int, 3> kSteps = {50, 80, 100};

std::string PeriodText(config::v1::BudgetPeriod period) {
  const auto* value =
      config::v1::BudgetPeriod_descriptor()->FindValueByNumber(period);
  return value == nullptr ? "" : config::EnumText(*value);
}

Severity SeverityOf(const BudgetStanding& standing, int step) {
  if (step < 100) return step < 80 ? Severity::kInfo : Severity::kWarning;
  return standing.budget.kind() == config::v1::BUDGET_KIND_HARD
             ? Severity::kCritical
             : Severity::kWarning;
}

// What happens to the key's requests.
std::string ConsequenceOf(const BudgetStanding& standing) {
  if (!standing.is_reached() ||
      standing.budget.kind() != config::v1::BUDGET_KIND_HARD) {
    return "";
  }
  const config::v1::Budget& budget = standing.budget;
  std::string text;
  // Maps have no order, and a summary should.
  for (const auto& [asked, serves] :
       std::map<std::string, std::string>(budget.fallback_by_model().begin(),
                                          budget.fallback_by_model().end())) {
    Append(text, "; ", serves, " serves its requests for ", asked);
  }
  const std::string_view others = text.empty() ? "" : "other ";
  if (budget.fallback().empty()) {
    Append(text, "; its ", others, "requests are refused");
  } else {
    Append(text, "; ", budget.fallback(), " serves its ", others, "requests");
  }
  return text;
}

}  // namespace

std::vector<Condition> BudgetConditions(
    const std::vector<BudgetStanding>& standings) {
  std::vector<Condition> conditions;
  for (const BudgetStanding& standing : standings) {
    const std::string period = PeriodText(standing.budget.period());
    for (const int step : kSteps) {
      if (standing.spent_usd < standing.budget.usd() * step / 100) break;
      conditions.push_back(
          {std::string(config::alert_kind::kBudget),
           Concat(standing.client_key, "/", period, "/", step),
           SeverityOf(standing, step), Onset::kAtOnce,
           Concat("client key ", standing.client_key, " has spent ", step,
                  " % of its budget of ",
                  absl::StrFormat("%g", standing.budget.usd()), " USD (",
                  period, ")", step == 100 ? ConsequenceOf(standing) : "")});
    }
  }
  return conditions;
}

std::vector<SpentKey> SpentKeys(const std::vector<BudgetStanding>& standings) {
  std::vector<SpentKey> spent;
  for (const BudgetStanding& standing : standings) {
    const config::v1::Budget& budget = standing.budget;
    if (!standing.is_reached() ||
        budget.kind() != config::v1::BUDGET_KIND_HARD) {
      continue;
    }
    spent.push_back({standing.client_key,
                     standing.until,
                     budget.fallback(),
                     {budget.fallback_by_model().begin(),
                      budget.fallback_by_model().end()}});
  }
  const auto order = [](const SpentKey& key) {
    return std::tuple(std::string_view(key.client_key), key.fallback.empty(),
                      key.until);
  };
  std::sort(spent.begin(), spent.end(),
            [&order](const SpentKey& a, const SpentKey& b) {
              return order(a) < order(b);
            });
  return spent;
}

void AddBudgetMetrics(const std::vector<BudgetStanding>& standings,
                      const std::vector<QuotaBoard::LimitUse>& limits,
                      ops::MetricPage& page) {
  const auto labels = [](const BudgetStanding& standing) {
    return ops::Labels{{"client_key", standing.client_key},
                       {"period", PeriodText(standing.budget.period())}};
  };
  for (const BudgetStanding& standing : standings) {
    page.Gauge("weir_budget_spent_usd",
               "US dollars that a key spent in its budget's period, of what "
               "has a price.",
               labels(standing), standing.spent_usd);
  }
  for (const BudgetStanding& standing : standings) {
    page.Gauge("weir_budget_usd", "US dollars that it may spend.",
               labels(standing), standing.budget.usd());
  }
  for (const QuotaBoard::LimitUse& limit : limits) {
    page.Gauge("weir_quota_limit",
               "A limit of the fleet that somebody wants, a minute or in "
               "flight.",
               {{"limit", limit.limit}}, limit.capacity);
  }
  for (const QuotaBoard::LimitUse& limit : limits) {
    page.Gauge("weir_quota_wanted", "What all nodes' clients want of it.",
               {{"limit", limit.limit}}, limit.wanted);
  }
  for (const QuotaBoard::LimitUse& limit : limits) {
    page.Gauge("weir_quota_holders", "Nodes that have a lease on it.",
               {{"limit", limit.limit}}, static_cast<double>(limit.holders));
  }
}

}  // namespace weir::controlplane
