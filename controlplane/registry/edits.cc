#include "controlplane/registry/edits.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "controlplane/registry/client_secret.h"

namespace weir::controlplane {
namespace {

using config::v1::ClientKey;
using config::v1::Mode;
using config::v1::Model;
using config::v1::Provider;
using config::v1::Resources;

// `what` is the kind of resource, for the message.
absl::Status NotFound(const char* what, const std::string& name) {
  return absl::NotFoundError(absl::StrCat("no ", what, " \"", name, "\""));
}

template <typename List>
auto FindByName(List& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(), [&](const auto& element) {
    return element.name() == name;
  });
}

template <typename List>
absl::Status Remove(List& list, const char* what, const std::string& name) {
  const auto found = FindByName(list, name);
  if (found == list.end()) return NotFound(what, name);
  list.erase(found);
  return absl::OkStatus();
}

template <typename List, typename Message>
void Set(List& list, const Message& message) {
  const auto found = FindByName(list, message.name());
  (found == list.end() ? *list.Add() : *found) = message;
}

absl::Status CheckMode(Mode mode) {
  if (mode != config::v1::MODE_UNSPECIFIED && config::v1::Mode_IsValid(mode)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "mode: is missing; use enabled, draining or disabled");
}

// Puts the key's secret among those that work for `grace` more.
void Retire(ClientKey& key, absl::Duration grace, absl::Time now) {
  auto& retiring = *key.mutable_retiring();
  retiring.erase(std::remove_if(retiring.begin(), retiring.end(),
                                [&](const config::v1::RetiringSecret& old) {
                                  return config::ToTime(old.expires_at()) <=
                                         now;
                                }),
                 retiring.end());
  if (grace == absl::ZeroDuration()) return;
  config::v1::RetiringSecret& old = *retiring.Add();
  old.set_secret_sha256(key.secret_sha256());
  old.mutable_expires_at()->set_seconds(absl::ToUnixSeconds(now + grace));
}

}  // namespace

absl::StatusOr<Provider> FindProvider(const Registry& registry,
                                      const std::string& name) {
  const Registered current = registry.Current();
  const auto found = FindByName(current.resources->providers(), name);
  if (found == current.resources->providers().end()) {
    return NotFound("provider", name);
  }
  return *found;
}

absl::StatusOr<Model> FindModel(const Registry& registry,
                                const std::string& name) {
  const Registered current = registry.Current();
  const auto found = FindByName(current.resources->models(), name);
  if (found == current.resources->models().end()) {
    return NotFound("model", name);
  }
  return *found;
}

absl::StatusOr<Outcome> SetProvider(const RegistryEditor& registry,
                                    const Provider& provider) {
  return registry.Edit([&](Resources& resources) {
    Set(*resources.mutable_providers(), provider);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> SetModel(const RegistryEditor& registry,
                                 const Model& model) {
  return registry.Edit([&](Resources& resources) {
    Set(*resources.mutable_models(), model);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> RemoveProvider(const RegistryEditor& registry,
                                       const std::string& name) {
  return registry.Edit([&](Resources& resources) {
    return Remove(*resources.mutable_providers(), "provider", name);
  });
}

absl::StatusOr<Outcome> RemoveModel(const RegistryEditor& registry,
                                    const std::string& name) {
  return registry.Edit([&](Resources& resources) {
    return Remove(*resources.mutable_models(), "model", name);
  });
}

absl::StatusOr<Outcome> SetProviderMode(const RegistryEditor& registry,
                                        const std::string& name, Mode mode) {
  if (absl::Status good = CheckMode(mode); !good.ok()) return good;
  return registry.Edit([&](Resources& resources) -> absl::Status {
    const auto found = FindByName(*resources.mutable_providers(), name);
    if (found == resources.providers().end()) {
      return NotFound("provider", name);
    }
    found->set_mode(mode);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> SetModelMode(const RegistryEditor& registry,
                                     const std::string& name, Mode mode) {
  if (absl::Status good = CheckMode(mode); !good.ok()) return good;
  return registry.Edit([&](Resources& resources) -> absl::Status {
    const auto found = FindByName(*resources.mutable_models(), name);
    if (found == resources.models().end()) return NotFound("model", name);
    found->set_mode(mode);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> SetTargetMode(const RegistryEditor& registry,
                                      const TargetsAt& targets, Mode mode) {
  if (absl::Status good = CheckMode(mode); !good.ok()) return good;
  return registry.Edit([&](Resources& resources) -> absl::Status {
    const auto model = FindByName(*resources.mutable_models(), targets.model);
    if (model == resources.models().end()) {
      return NotFound("model", targets.model);
    }
    int found = 0;
    for (config::v1::Target& target : *model->mutable_targets()) {
      if (target.provider() != targets.provider) continue;
      target.set_mode(mode);
      ++found;
    }
    if (found > 0) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat("model \"", targets.model,
                                            "\" has no target at provider ",
                                            "\"", targets.provider, "\""));
  });
}

absl::StatusOr<CreatedClientKey> CreateClientKey(const RegistryEditor& registry,
                                                 ClientKey wanted,
                                                 absl::Time now) {
  if (wanted.has_expires_at() && config::ToTime(wanted.expires_at()) <= now) {
    return absl::InvalidArgumentError(
        "expires_at: is over already; write a time to come");
  }
  absl::StatusOr<ClientSecret> secret = MakeClientSecret();
  if (!secret.ok()) return secret.status();
  wanted.set_secret_sha256(secret->sha256_hex);
  wanted.set_hint(secret->hint);
  wanted.mutable_created_at()->set_seconds(absl::ToUnixSeconds(now));
  absl::StatusOr<Outcome> outcome =
      registry.Edit([&](Resources& resources) -> absl::Status {
        auto& keys = *resources.mutable_client_keys();
        if (FindByName(keys, wanted.name()) != keys.end()) {
          return absl::AlreadyExistsError(
              absl::StrCat("client key \"", wanted.name(),
                           "\" exists; revoke it first or take another name"));
        }
        *keys.Add() = wanted;
        return absl::OkStatus();
      });
  if (!outcome.ok()) return outcome.status();
  return CreatedClientKey{std::move(wanted), std::move(secret->text)};
}

absl::StatusOr<CreatedClientKey> RotateClientKey(const RegistryEditor& registry,
                                                 const std::string& name,
                                                 absl::Duration grace,
                                                 absl::Time now) {
  if (grace < absl::ZeroDuration() || grace > kMaxGrace) {
    return absl::InvalidArgumentError(
        "grace: is out of range; write a duration from 0 to 90 days");
  }
  absl::StatusOr<ClientSecret> secret = MakeClientSecret();
  if (!secret.ok()) return secret.status();
  ClientKey rotated;
  absl::StatusOr<Outcome> outcome =
      registry.Edit([&](Resources& resources) -> absl::Status {
        auto& keys = *resources.mutable_client_keys();
        const auto key = FindByName(keys, name);
        if (key == keys.end()) return NotFound("client key", name);
        Retire(*key, grace, now);
        key->set_secret_sha256(secret->sha256_hex);
        key->set_hint(secret->hint);
        rotated = *key;
        return absl::OkStatus();
      });
  if (!outcome.ok()) return outcome.status();
  return CreatedClientKey{std::move(rotated), std::move(secret->text)};
}

absl::StatusOr<Outcome> RevokeClientKey(const RegistryEditor& registry,
                                        const std::string& name) {
  return registry.Edit([&](Resources& resources) {
    return Remove(*resources.mutable_client_keys(), "client key", name);
  });
}

}  // namespace weir::controlplane
