// A provider as a whole, as everybody is shown it.
#ifndef WEIR_CONTROLPLANE_PROVIDER_PROVIDER_VIEW_H_
#define WEIR_CONTROLPLANE_PROVIDER_PROVIDER_VIEW_H_

#include <cstdint>
#include <string>
#include <vector>

namespace weir::controlplane {

enum class CredentialState {
  kUsable,   // Nothing is known against it.
  kRefused,  // The provider refused it, to a node or to the prober.
  kMissing,  // Its reference does not resolve here.
};

struct CredentialView {
  // `env:NAME` or `file:PATH`.
  std::string reference;
  CredentialState state = CredentialState::kUsable;
  // Why it is not usable; empty when it is.
  std::string reason = {};
  // It is the one that is used: the first that is usable.
  bool active = false;

  friend bool operator==(const CredentialView&,
                         const CredentialView&) = default;
};

struct ProviderView {
  std::string provider;
  // In the order of Provider.credentials.
  std::vector<CredentialView> credentials = {};
  // Of today, UTC.
  std::uint64_t probes_today = 0;
  double probe_cost_today_usd = 0;
  // Of a day.
  double probe_budget_usd = 0;
  bool probe_budget_reached = false;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROVIDER_PROVIDER_VIEW_H_
