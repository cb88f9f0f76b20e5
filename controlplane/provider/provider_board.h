// What is known of every provider as a whole.
#ifndef WEIR_CONTROLPLANE_PROVIDER_PROVIDER_BOARD_H_
#define WEIR_CONTROLPLANE_PROVIDER_PROVIDER_BOARD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/provider/credential_pool.h"
#include "controlplane/provider/probe_spending.h"
#include "controlplane/provider/provider_view.h"

namespace weir::controlplane {

// A provider as it is configured and found here.
struct FoundProvider {
  std::vector<FoundCredential> credentials;
  // Of a day.
  double probe_budget_usd = 0;
};

// One of a provider's credentials.
struct CredentialId {
  std::string provider;
  std::uint32_t position = 0;
};

// Credential pools and probe spending, by provider.
//
// Thread safety: every method may be called from any thread; none waits.
class ProviderBoard {
 public:
  using Refusals = std::map<std::string, std::map<std::uint32_t, std::string>>;
  using Spending = std::map<std::string, ProbeSpending::Today>;

  // `clock` outlives this.
  explicit ProviderBoard(const Clock& clock) : clock_(clock) {}

  // The providers that are in service, by name; the others are forgotten, but
  // for what probing them cost.
  void Follow(const std::map<std::string, FoundProvider>& found);

  // What a node lists as refused, by provider and position, with the provider's
  // word.
  void OnNodeReport(const Refusals& refusals);
  // The provider answered a probe or a check.
  void OnAnswer(const CredentialId& credential, const CredentialAnswer& answer);
  // A probe was made; as in ProbeSpending.
  void OnProbe(const std::string& provider, std::optional<double> cost_usd);

  // Those that their providers should be asked with now; each is out until its
  // OnAnswer().
  std::vector<CredentialId> TakeDue();
  // Positions of credentials that the provider refuses, ascending.
  std::vector<std::uint32_t> Refused(const std::string& provider) const;
  // Probes have cost what they may cost today.
  bool BudgetReached(const std::string& provider) const;

  // In the order of names.
  std::vector<ProviderView> Views() const;

  // What must survive a restart: today's spending.
  Spending SpentToday() const;
  // Before anything else.
  void Restore(const Spending& spending);

 private:
  struct Entry {
    CredentialPool pool;
    double budget_usd = 0;
  };

  bool BudgetReachedAt(const std::string& provider, const Entry& entry,
                       absl::Time wall) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<std::string, Entry> providers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, ProbeSpending> spending_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROVIDER_PROVIDER_BOARD_H_
