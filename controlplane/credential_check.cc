#include "controlplane/credential_check.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/config/secrets.h"

namespace weir::controlplane {
namespace {

// Why the provider has no credential; nullopt when it has one or wants none.
std::optional<std::string> WhyWithout(const config::v1::Provider& provider) {
  std::optional<std::string> why;
  for (const config::v1::SecretRef& reference : provider.credentials()) {
    const absl::StatusOr<config::Secret> secret =
        config::ResolveSecret(reference);
    if (secret.ok()) return std::nullopt;
    if (!why.has_value()) why = std::string(secret.status().message());
  }
  return why;
}

}  // namespace

void CredentialCheck::Refresh() {
  MutexLock refresh_lock(&refresh_mutex_);
  const Registered current = registry_.Current();
  std::map<std::string, std::string> without;
  std::set<std::string> names;
  for (const config::v1::Provider& provider : current.resources->providers()) {
    if (std::optional<std::string> why = WhyWithout(provider)) {
      without.emplace(provider.name(), *std::move(why));
      names.insert(provider.name());
    }
  }
  {
    MutexLock lock(&mutex_);
    if (current.resources == told_ && without == without_) return;
    for (const auto& [name, why] : without) {
      if (without_.contains(name)) continue;
      spdlog::warn("provider {} has no credential: {}", name, why);
    }
    without_ = std::move(without);
  }
  told_ = current.resources;
  scoreboard_.SetResources(current.resources, std::move(names));
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
