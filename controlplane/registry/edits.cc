#include "controlplane/registry/edits.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
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

absl::StatusOr<Outcome> SetProvider(Registry& registry,
                                    const Provider& provider) {
  return registry.Edit([&](Resources& resources) {
    Set(*resources.mutable_providers(), provider);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> SetModel(Registry& registry, const Model& model) {
  return registry.Edit([&](Resources& resources) {
    Set(*resources.mutable_models(), model);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> RemoveProvider(Registry& registry,
                                       const std::string& name) {
  return registry.Edit([&](Resources& resources) {
    return Remove(*resources.mutable_providers(), "provider", name);
  });
}

absl::StatusOr<Outcome> RemoveModel(Registry& registry,
                                    const std::string& name) {
  return registry.Edit([&](Resources& resources) {
    return Remove(*resources.mutable_models(), "model", name);
  });
}

absl::StatusOr<Outcome> SetProviderMode(Registry& registry,
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

absl::StatusOr<Outcome> SetModelMode(Registry& registry,
                                     const std::string& name, Mode mode) {
  if (absl::Status good = CheckMode(mode); !good.ok()) return good;
  return registry.Edit([&](Resources& resources) -> absl::Status {
    const auto found = FindByName(*resources.mutable_models(), name);
    if (found == resources.models().end()) return NotFound("model", name);
    found->set_mode(mode);
    return absl::OkStatus();
  });
}

absl::StatusOr<Outcome> SetTargetMode(Registry& registry,
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

absl::StatusOr<CreatedClientKey> CreateClientKey(Registry& registry,
                                                 const std::string& name,
                                                 const ClientKeyRights& rights,
                                                 absl::Time now) {
  absl::StatusOr<ClientSecret> secret = MakeClientSecret();
  if (!secret.ok()) return secret.status();
  ClientKey key;
  key.set_name(name);
  key.set_secret_sha256(secret->sha256_hex);
  key.set_hint(secret->hint);
  key.mutable_models()->Add(rights.models.begin(), rights.models.end());
  key.mutable_providers()->Add(rights.providers.begin(),
                               rights.providers.end());
  key.mutable_created_at()->set_seconds(absl::ToUnixSeconds(now));
  absl::StatusOr<Outcome> outcome =
      registry.Edit([&](Resources& resources) -> absl::Status {
        auto& keys = *resources.mutable_client_keys();
        if (FindByName(keys, name) != keys.end()) {
          return absl::AlreadyExistsError(
              absl::StrCat("client key \"", name,
                           "\" exists; revoke it first or take another name"));
        }
        *keys.Add() = key;
        return absl::OkStatus();
      });
  if (!outcome.ok()) return outcome.status();
  return CreatedClientKey{std::move(key), std::move(secret->text)};
}

absl::StatusOr<Outcome> RevokeClientKey(Registry& registry,
                                        const std::string& name) {
  return registry.Edit([&](Resources& resources) {
    return Remove(*resources.mutable_client_keys(), "client key", name);
  });
}

}  // namespace weir::controlplane
