// What usage cost, by whatever it is asked by.
#ifndef WEIR_CONTROLPLANE_LEDGER_COST_TABLE_H_
#define WEIR_CONTROLPLANE_LEDGER_COST_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

enum class CostGroup { kModel, kProvider, kTarget, kKey, kTeam, kDay };

// What rows are priced by and named after.
struct CostBasis {
  CostGroup group = CostGroup::kModel;
  // A series' own prices, and the list's where it has none.
  std::function<config::PriceSchedule(const UsageSeries&)> prices;
  // Client keys to teams.
  std::map<std::string, std::string> teams;
  // What the same work is priced on for comparison.
  std::optional<config::PriceSchedule> baseline;
  // The baseline's price is that of then where it has none yet.
  absl::Time until;
};

struct CostLine {
  std::string group;
  UsageSums sums;
  // Tokens that no complete report of a provider stands behind.
  std::uint64_t unconfirmed = 0;
  // US dollars of all that has a price.
  double cost_usd = 0;
  // Attempts that took tokens and have no price.
  std::uint64_t unpriced_attempts = 0;
  // Of the sum of all lines' cost, 0 to 1.
  double share = 0;
  // What that which has a price would have cost on the baseline.
  double baseline_usd = 0;
  double cache_savings_usd = 0;
  // nullopt: nothing was used.
  std::optional<absl::Time> last_used;
};

// What one target did for one model.
struct Spending {
  std::string model;
  std::string provider;
  std::string upstream_model;
  config::PaidWork work;
  double cost_usd = 0;
};

struct CostTable {
  // Dearest first, then by name; days in their order.
  std::vector<CostLine> lines;
  CostLine total;
  // What has a price, by model and target.
  std::vector<Spending> spending;
};

// What is paid for. Images and sounds cost as text does: price lists have no
// place for them yet.
config::PaidWork PaidWorkOf(const UsageSums& sums);

// Adds rows up. Each row has one price, that of its begin: a change of price
// begins a row of its own.
//
// Not thread-safe.
class CostTally {
 public:
  explicit CostTally(CostBasis basis) : basis_(std::move(basis)) {}

  void Add(const UsageRow& row);
  // REQUIRES: not used again.
  CostTable Take();

 private:
  using TargetKey = std::tuple<std::string, std::string, std::string>;

  const config::PriceSchedule& PricesOf(const UsageSeries& series);
  std::string GroupOf(const UsageRow& row) const;
  void Price(const UsageRow& row, CostLine& line, CostLine& total);

  const CostBasis basis_;
  // By what they depend on: model, provider and upstream model.
  std::map<TargetKey, config::PriceSchedule> prices_;
  std::map<std::string, CostLine> lines_;
  CostLine total_;
  std::map<TargetKey, Spending> spending_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEDGER_COST_TABLE_H_
