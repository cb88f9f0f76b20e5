// What client keys with budgets spent.
#ifndef WEIR_CONTROLPLANE_BUDGET_BUDGET_BOOK_H_
#define WEIR_CONTROLPLANE_BUDGET_BUDGET_BOOK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/budget/key_spending.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/store/usage_store.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// One budget and how it stands.
struct BudgetStanding {
  std::string client_key;
  config::v1::Budget budget;
  // US dollars in this period, of what has a price.
  double spent_usd = 0;
  // The period's end; absl::InfiniteFuture() where it has none.
  absl::Time until;

  bool is_reached() const { return spent_usd >= budget.usd(); }
};

// Adds up the ledger's rows as they are stored, and reads what was stored
// before once, and again when prices or budgets change: a budget sees what a
// report would.
//
// Thread safety: Refresh() and OnKept() on the thread that writes the ledger;
// the rest from any.
class BudgetBook {
 public:
  // Both outlive this.
  BudgetBook(Ledger& ledger, const Clock& clock)
      : ledger_(ledger), clock_(clock) {}

  void SetResources(std::shared_ptr<const config::v1::Resources> resources);

  // Reads what was spent before, where that is due. May wait for a disk; what
  // it can't read it reads when it is called again, which should be soon.
  absl::Status Refresh();
  // The store may hold rows that OnKept() was not told of.
  void ReadAgain();
  // These are in the store from now on.
  void OnKept(const std::vector<UsageRow>& rows);

  // Of all budgets, in the order of the resources.
  std::vector<BudgetStanding> Standings() const;

 private:
  Ledger& ledger_;
  const Clock& clock_;

  mutable Mutex mutex_;
  std::shared_ptr<const config::v1::Resources> resources_
      ABSL_GUARDED_BY(mutex_);
  bool stale_ ABSL_GUARDED_BY(mutex_) = false;
  // Null before the first Refresh() that went well.
  std::unique_ptr<KeySpending> spending_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_BUDGET_BUDGET_BOOK_H_
