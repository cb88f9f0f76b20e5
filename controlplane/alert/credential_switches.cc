#include "controlplane/alert/credential_switches.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/concat.h"

namespace weir::controlplane {
namespace {

std::optional<std::size_t> ActiveOf(const ProviderView& provider) {
  const auto active = std::ranges::find_if(
      provider.credentials,
      [](const CredentialView& credential) { return credential.active; });
  if (active == provider.credentials.end()) return std::nullopt;
  return static_cast<std::size_t>(active - provider.credentials.begin());
}

bool HaveTheSame(const ProviderView& a, const ProviderView& b) {
  return std::ranges::equal(
      a.credentials, b.credentials,
      [](const CredentialView& x, const CredentialView& y) {
        return x.reference == y.reference;
      });
}

std::string NameOf(const ProviderView& provider,
                   std::optional<std::size_t> credential) {
  return credential.has_value() ? provider.credentials[*credential].reference
                                : "none that is known to work";
}

}  // namespace

std::vector<CredentialSwitch> CredentialSwitches(const FleetView& before,
                                                 const FleetView& after) {
  std::map<std::string, const ProviderView*> known;
  for (const ProviderView& provider : before.providers) {
    known.emplace(provider.provider, &provider);
  }
  std::vector<CredentialSwitch> switches;
  for (const ProviderView& provider : after.providers) {
    const auto found = known.find(provider.provider);
    if (found == known.end() || !HaveTheSame(*found->second, provider)) {
      continue;
    }
    const auto from = ActiveOf(*found->second);
    const auto to = ActiveOf(provider);
    if (from == to) continue;
    std::string text =
        Concat("provider ", provider.provider, " is called with ",
               NameOf(provider, to), " instead of ", NameOf(provider, from));
    if (from.has_value() && !provider.credentials[*from].reason.empty()) {
      Append(text, ": ", provider.credentials[*from].reason);
    }
    switches.push_back({provider.provider, std::move(text)});
  }
  return switches;
}

}  // namespace weir::controlplane
