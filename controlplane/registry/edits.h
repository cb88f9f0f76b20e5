// An operator's verbs on one resource, each one change of the registry.
//
// Errors beside the registry's: NOT_FOUND by name, ALREADY_EXISTS,
// INVALID_ARGUMENT for what is missing.
#ifndef WEIR_CONTROLPLANE_REGISTRY_EDITS_H_
#define WEIR_CONTROLPLANE_REGISTRY_EDITS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/access/actor.h"
#include "controlplane/registry/registry.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// A registry, and who changes it: the control plane itself where nobody is
// named.
struct RegistryEditor {
  RegistryEditor(Registry& its_registry,  // NOLINT: stands for the registry.
                 Actor its_author = {})
      : registry(its_registry), author(std::move(its_author)) {}

  absl::StatusOr<Outcome> Edit(const Registry::EditFunction& edit) const {
    return registry.Edit(edit, author);
  }

  Registry& registry;
  Actor author;
};

absl::StatusOr<config::v1::Provider> FindProvider(const Registry& registry,
                                                  const std::string& name);
// By name, not by alias.
absl::StatusOr<config::v1::Model> FindModel(const Registry& registry,
                                            const std::string& name);

// Create or replace.
absl::StatusOr<Outcome> SetProvider(const RegistryEditor& registry,
                                    const config::v1::Provider& provider);
absl::StatusOr<Outcome> SetModel(const RegistryEditor& registry,
                                 const config::v1::Model& model);

absl::StatusOr<Outcome> RemoveProvider(const RegistryEditor& registry,
                                       const std::string& name);
absl::StatusOr<Outcome> RemoveModel(const RegistryEditor& registry,
                                    const std::string& name);

absl::StatusOr<Outcome> SetProviderMode(const RegistryEditor& registry,
                                        const std::string& name,
                                        config::v1::Mode mode);
absl::StatusOr<Outcome> SetModelMode(const RegistryEditor& registry,
                                     const std::string& name,
                                     config::v1::Mode mode);

// One model's targets at one provider.
struct TargetsAt {
  std::string model;
  std::string provider;
};
absl::StatusOr<Outcome> SetTargetMode(const RegistryEditor& registry,
                                      const TargetsAt& targets,
                                      config::v1::Mode mode);

struct CreatedClientKey {
  config::v1::ClientKey client_key;
  // Exists here and with whoever asked for it, nowhere else.
  std::string secret;
};
// `wanted` has no secret yet; `now` is wall-clock time. INVALID_ARGUMENT where
// it would have expired by then.
absl::StatusOr<CreatedClientKey> CreateClientKey(const RegistryEditor& registry,
                                                 config::v1::ClientKey wanted,
                                                 absl::Time now);
// A new secret for a key; the old one works for `grace` more, which is 0 to
// kMaxGrace. What has retired for good is forgotten.
inline constexpr absl::Duration kMaxGrace = absl::Hours(90 * 24);
absl::StatusOr<CreatedClientKey> RotateClientKey(const RegistryEditor& registry,
                                                 const std::string& name,
                                                 absl::Duration grace,
                                                 absl::Time now);
absl::StatusOr<Outcome> RevokeClientKey(const RegistryEditor& registry,
                                        const std::string& name);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_EDITS_H_
