// What client keys with budgets spent, day by day.
#ifndef WEIR_CONTROLPLANE_BUDGET_KEY_SPENDING_H_
#define WEIR_CONTROLPLANE_BUDGET_KEY_SPENDING_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/store/usage_store.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// Prices rows as a report does, by what `resources` and the ledger say of
// prices when it is made.
//
// Not thread-safe.
class KeySpending {
 public:
  // `ledger` outlives this.
  KeySpending(const Ledger& ledger, const config::v1::Resources& resources);

  // Rows of other keys, and those without a price, change nothing.
  void Add(const UsageRow& row);
  // In US dollars, of the days that begin then or later.
  double Since(const std::string& client_key, absl::Time begin) const;

 private:
  // By the day's begin, in seconds since 1970.
  using Days = std::map<std::int64_t, double>;

  const config::PriceSchedule& PricesOf(const UsageSeries& series);

  const Ledger* ledger_;
  config::PriceList list_;
  std::map<std::string, Days> spent_;
  std::map<UsageSeries, config::PriceSchedule> prices_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_BUDGET_KEY_SPENDING_H_
