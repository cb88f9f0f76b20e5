#include "dataplane/quota/quota_book.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/limit_id.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

// A model that is gone neither asks nor serves.
SpentBudget SpentBudgetOf(const QuotaWord::Spent& spent,
                          const RoutingConfig& config) {
  const auto find = [&config](const std::string& name) {
    const auto model = config.model_by_name.find(name);
    return model == config.model_by_name.end() ? std::nullopt
                                               : std::optional(model->second);
  };
  SpentBudget budget{spent.until, find(spent.fallback)};
  for (const auto& [asked, serves] : spent.fallback_by_model) {
    const auto from = find(asked);
    const auto to = find(serves);
    if (from.has_value() && to.has_value()) {
      budget.fallback_by_model.emplace(*from, *to);
    }
  }
  return budget;
}

// Each client's, by its place; a key that is gone is nobody's.
void AddSpent(const QuotaWord& word, const RoutingConfig& config,
              QuotaView& view) {
  for (const QuotaWord::Spent& spent : word.spent) {
    for (std::size_t i = 0; i < config.clients.size(); ++i) {
      if (config.clients[i].name.value != spent.client_key) continue;
      view.clients[i].spent.push_back(SpentBudgetOf(spent, config));
    }
  }
}

// What `word` says of a limit that is asked for; nullopt for the others. Of one
// that nobody wanted lately it says nothing, and nothing was granted.
std::optional<AdmissionWord> AdmissionOf(const Limit& limit,
                                         const QuotaWord& word) {
  const auto said = word.admissions.find(limit.id());
  if (said != word.admissions.end()) return said->second;
  if (word.leases.contains(limit.id()) ||
      !IsAskedFor(limit.id(), limit.kind(), limit.capacity(), word.nodes)) {
    return std::nullopt;
  }
  return AdmissionWord{.granted = limit.granted()};
}

bool IsLimited(const TargetEntry& target) {
  return target.max_rpm > 0 || target.max_tpm > 0 || target.max_concurrent > 0;
}

}  // namespace

std::shared_ptr<Limit> QuotaBook::Find(const std::string& id, LimitKind kind,
                                       std::uint64_t capacity) {
  if (capacity == 0) return nullptr;
  std::shared_ptr<Limit>& limit = limits_[id];
  if (limit == nullptr) {
    limit = std::make_shared<Limit>(id, kind, capacity, clock_.Now());
    Apply(*limit);
  } else {
    limit->SetCapacity(capacity, clock_.Now());
  }
  return limit;
}

std::shared_ptr<const QuotaView> QuotaBook::Align(
    const std::shared_ptr<const RoutingConfig>& config) {
  if (view_ == nullptr || config != aligned_to_) {
    view_ = MakeView(*config);
    aligned_to_ = config;
  }
  return view_;
}

std::shared_ptr<const QuotaView> QuotaBook::MakeView(
    const RoutingConfig& config) {
  auto view = std::make_shared<QuotaView>();
  std::set<std::string> used;
  const auto find = [&](std::string id, LimitKind kind,
                        std::uint64_t capacity) {
    std::shared_ptr<Limit> limit = Find(id, kind, capacity);
    if (limit != nullptr) used.insert(std::move(id));
    return limit;
  };
  for (const ClientEntry& client : config.clients) {
    const auto of = [&](LimitKind kind, std::uint64_t capacity) {
      // Most have none, and a name is not made for that.
      return capacity == 0
                 ? nullptr
                 : find(KeyLimitId(client.name.value, kind), kind, capacity);
    };
    view->clients.push_back({of(LimitKind::kRequests, client.max_rpm),
                             of(LimitKind::kTokens, client.max_tpm),
                             of(LimitKind::kConcurrent, client.max_concurrent),
                             {}});
  }
  for (const ProviderEntry& provider : config.providers) {
    const auto of = [&](LimitKind kind, std::uint64_t capacity) {
      return find(ProviderLimitId(provider.name, kind), kind, capacity);
    };
    view->providers.push_back(
        {of(LimitKind::kRequests, provider.max_rpm),
         of(LimitKind::kTokens, provider.max_tpm),
         of(LimitKind::kConcurrent, provider.max_concurrent)});
  }
  const bool limits_targets =
      std::any_of(config.targets.begin(), config.targets.end(), &IsLimited);
  for (const TargetEntry& target : config.targets) {
    if (!limits_targets) break;
    const std::string& provider = config.providers[target.provider].name;
    const auto of = [&](LimitKind kind, std::uint64_t capacity) {
      return find(TargetLimitId(provider, target.upstream_model, kind), kind,
                  capacity);
    };
    view->targets.push_back(
        {of(LimitKind::kRequests, target.max_rpm),
         of(LimitKind::kTokens, target.max_tpm),
         of(LimitKind::kConcurrent, target.max_concurrent)});
  }
  std::erase_if(limits_,
                [&](const auto& limit) { return !used.contains(limit.first); });
  std::erase_if(last_seen_,
                [&](const auto& seen) { return !used.contains(seen.first); });
  if (word_.has_value()) AddSpent(*word_, config, *view);
  return view;
}

bool QuotaBook::OnWord(QuotaWord word) {
  const bool spent_changed =
      word_.has_value() ? word_->spent != word.spent : !word.spent.empty();
  word_ = std::move(word);
  word_at_ = clock_.Now();
  if (spent_changed) view_ = nullptr;
  for (const auto& [id, limit] : limits_) Apply(*limit);
  return spent_changed;
}

void QuotaBook::Apply(Limit& limit) {
  if (!word_.has_value()) return;
  const absl::Time now = clock_.Now();
  const auto lease = word_->leases.find(limit.id());
  if (lease != word_->leases.end()) {
    limit.OnLease(lease->second, word_at_ + word_->time_to_live, now);
  } else {
    limit.OnNoLease(word_->nodes, now);
  }
  limit.OnAdmission(AdmissionOf(limit, *word_), now);
}

void QuotaBook::Tick() {
  if (!word_.has_value()) return;
  for (const auto& [id, limit] : limits_) {
    limit->Refresh(word_->nodes, clock_.Now());
  }
}

std::vector<LimitStatus> QuotaBook::Status() const {
  std::vector<LimitStatus> status;
  for (const auto& [id, limit] : limits_) {
    status.push_back({id, limit->capacity(), limit->share(), limit->wanted(),
                      limit->refused(), limit->asked()});
  }
  return status;
}

std::vector<QuotaDemand> QuotaBook::Demands() {
  std::vector<QuotaDemand> demands;
  const absl::Time now = clock_.Now();
  for (const auto& [id, limit] : limits_) {
    const std::uint64_t wanted = limit->wanted();
    const std::uint64_t held =
        limit->kind() == LimitKind::kConcurrent ? limit->TakeHeld() : 0;
    const std::uint64_t asked = limit->asked();
    // Read after its number was given: it waits, or is answered.
    const std::uint64_t waiting = limit->waiting();
    LastSeen& seen = last_seen_[id];
    if (wanted != seen.wanted || held > 0 || waiting > 0) seen = {wanted, now};
    if (now - seen.at > kIdle) continue;
    demands.push_back({id, wanted, limit->refused(), held, asked, waiting,
                       limit->granted(), limit->share()});
  }
  return demands;
}

}  // namespace weir::dataplane
