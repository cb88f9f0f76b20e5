#include "controlplane/credential_check.h"

#include <spdlog/spdlog.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/config/effective.h"
#include "common/config/secrets.h"
#include "common/random.h"

namespace weir::controlplane {
namespace {

std::string NameOf(const config::v1::SecretRef& reference) {
  return reference.has_env() ? absl::StrCat("env:", reference.env())
                             : absl::StrCat("file:", reference.file());
}

FoundProvider Find(const config::v1::Provider& provider, std::uint64_t salt) {
  FoundProvider found;
  found.probe_budget_usd = config::EffectiveHealthCheck(provider).budget_usd;
  for (const config::v1::SecretRef& reference : provider.credentials()) {
    FoundCredential& credential = found.credentials.emplace_back();
    credential.reference = NameOf(reference);
    const absl::StatusOr<config::Secret> secret =
        config::ResolveSecret(reference);
    if (secret.ok()) {
      credential.fingerprint = std::hash<std::string_view>()(secret->Reveal()) ^
                               static_cast<std::size_t>(salt);
    } else {
      credential.missing_because = std::string(secret.status().message());
    }
  }
  return found;
}

// Why the provider has no credential; nullopt when it has one or wants none.
std::optional<std::string> WhyWithout(const FoundProvider& found) {
  for (const FoundCredential& credential : found.credentials) {
    if (credential.fingerprint.has_value()) return std::nullopt;
  }
  if (found.credentials.empty()) return std::nullopt;
  return found.credentials.front().missing_because;
}

}  // namespace

CredentialCheck::CredentialCheck(Source current, Scoreboard& scoreboard,
                                 ProviderBoard& providers)
    : current_(std::move(current)),
      scoreboard_(scoreboard),
      providers_(providers),
      salt_(SystemRandom().Bits()) {}

void CredentialCheck::Refresh() {
  MutexLock refresh_lock(&refresh_mutex_);
  const std::shared_ptr<const config::v1::Resources> current = current_();
  std::map<std::string, std::string> without;
  std::set<std::string> names;
  std::map<std::string, FoundProvider> in_service;
  for (const config::v1::Provider& provider : current->providers()) {
    FoundProvider found = Find(provider, salt_);
    if (std::optional<std::string> why = WhyWithout(found)) {
      without.emplace(provider.name(), *std::move(why));
      names.insert(provider.name());
    }
    if (config::EffectiveMode(provider.mode()) != config::v1::MODE_DISABLED) {
      in_service.emplace(provider.name(), std::move(found));
    }
  }
  providers_.Follow(in_service);
  {
    MutexLock lock(&mutex_);
    if (current == told_ && without == without_) return;
    for (const auto& [name, why] : without) {
      if (without_.contains(name)) continue;
      spdlog::warn("provider {} has no credential: {}", name, why);
    }
    without_ = std::move(without);
  }
  told_ = current;
  scoreboard_.SetResources(current, std::move(names));
}

std::vector<std::string> CredentialCheck::problems() const {
  MutexLock lock(&mutex_);
  std::vector<std::string> problems;
  for (const auto& [name, why] : without_) {
    problems.push_back(
        absl::StrCat("provider ", name, " has no credential: ", why));
  }
  return problems;
}

}  // namespace weir::controlplane
