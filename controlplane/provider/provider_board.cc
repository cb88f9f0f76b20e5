#include "controlplane/provider/provider_board.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace weir::controlplane {

void ProviderBoard::Follow(const std::map<std::string, FoundProvider>& found) {
  MutexLock lock(&mutex_);
  std::map<std::string, Entry> providers;
  for (const auto& [name, provider] : found) {
    Entry& entry = providers[name];
    if (const auto old = providers_.find(name); old != providers_.end()) {
      entry = std::move(old->second);
    }
    entry.pool.Follow(provider.credentials, clock_.Now());
    entry.budget_usd = provider.probe_budget_usd;
  }
  providers_ = std::move(providers);
}

void ProviderBoard::OnNodeReport(const Refusals& refusals) {
  MutexLock lock(&mutex_);
  for (const auto& [provider, refused] : refusals) {
    const auto found = providers_.find(provider);
    if (found == providers_.end()) continue;
    found->second.pool.OnNodeReport(refused, clock_.Now());
  }
}

void ProviderBoard::OnAnswer(const CredentialId& credential,
                             const CredentialAnswer& answer) {
  MutexLock lock(&mutex_);
  const auto found = providers_.find(credential.provider);
  if (found == providers_.end()) return;
  found->second.pool.OnAnswer(credential.position, answer, clock_.Now());
}

void ProviderBoard::OnProbe(const std::string& provider,
                            std::optional<double> cost_usd) {
  MutexLock lock(&mutex_);
  spending_[provider].Add(cost_usd, clock_.WallNow());
}

std::vector<CredentialId> ProviderBoard::TakeDue() {
  MutexLock lock(&mutex_);
  std::vector<CredentialId> due;
  for (auto& [name, entry] : providers_) {
    for (const std::uint32_t position : entry.pool.TakeDue(clock_.Now())) {
      due.push_back({name, position});
    }
  }
  return due;
}

std::vector<std::uint32_t> ProviderBoard::Refused(
    const std::string& provider) const {
  MutexLock lock(&mutex_);
  const auto found = providers_.find(provider);
  if (found == providers_.end()) return {};
  return found->second.pool.Refused();
}

bool ProviderBoard::BudgetReached(const std::string& provider) const {
  MutexLock lock(&mutex_);
  const auto found = providers_.find(provider);
  return found != providers_.end() &&
         BudgetReachedAt(provider, found->second, clock_.WallNow());
}

std::vector<ProviderView> ProviderBoard::Views() const {
  MutexLock lock(&mutex_);
  const absl::Time wall = clock_.WallNow();
  std::vector<ProviderView> views;
  for (const auto& [name, entry] : providers_) {
    ProviderView& view = views.emplace_back();
    view.provider = name;
    view.credentials = entry.pool.View();
    if (const auto spent = spending_.find(name); spent != spending_.end()) {
      const ProbeSpending::Today today = spent->second.At(wall);
      view.probes_today = today.probes;
      view.probe_cost_today_usd = today.cost_usd;
    }
    view.probe_budget_usd = entry.budget_usd;
    view.probe_budget_reached = BudgetReachedAt(name, entry, wall);
  }
  return views;
}

ProviderBoard::Spending ProviderBoard::SpentToday() const {
  MutexLock lock(&mutex_);
  Spending spent;
  for (const auto& [provider, spending] : spending_) {
    const ProbeSpending::Today today = spending.At(clock_.WallNow());
    if (today.probes > 0) spent.emplace(provider, today);
  }
  return spent;
}

void ProviderBoard::Restore(const Spending& spending) {
  MutexLock lock(&mutex_);
  for (const auto& [provider, today] : spending) {
    spending_[provider].Restore(today);
  }
}

bool ProviderBoard::BudgetReachedAt(const std::string& provider,
                                    const Entry& entry, absl::Time wall) const {
  const auto spent = spending_.find(provider);
  const double cost =
      spent == spending_.end() ? 0 : spent->second.At(wall).cost_usd;
  return cost >= entry.budget_usd;
}

}  // namespace weir::controlplane
