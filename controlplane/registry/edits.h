// An operator's verbs on one resource, each one change of the registry.
//
// Errors beside the registry's: NOT_FOUND by name, ALREADY_EXISTS,
// INVALID_ARGUMENT for what is missing.
#ifndef WEIR_CONTROLPLANE_REGISTRY_EDITS_H_
#define WEIR_CONTROLPLANE_REGISTRY_EDITS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/registry/registry.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

absl::StatusOr<config::v1::Provider> FindProvider(const Registry& registry,
                                                  const std::string& name);
// By name, not by alias.
absl::StatusOr<config::v1::Model> FindModel(const Registry& registry,
                                            const std::string& name);

// Create or replace.
absl::StatusOr<Outcome> SetProvider(Registry& registry,
                                    const config::v1::Provider& provider);
absl::StatusOr<Outcome> SetModel(Registry& registry,
                                 const config::v1::Model& model);

absl::StatusOr<Outcome> RemoveProvider(Registry& registry,
                                       const std::string& name);
absl::StatusOr<Outcome> RemoveModel(Registry& registry,
                                    const std::string& name);

absl::StatusOr<Outcome> SetProviderMode(Registry& registry,
                                        const std::string& name,
                                        config::v1::Mode mode);
absl::StatusOr<Outcome> SetModelMode(Registry& registry,
                                     const std::string& name,
                                     config::v1::Mode mode);

// One model's targets at one provider.
struct TargetsAt {
  std::string model;
  std::string provider;
};
absl::StatusOr<Outcome> SetTargetMode(Registry& registry,
                                      const TargetsAt& targets,
                                      config::v1::Mode mode);

struct CreatedClientKey {
  config::v1::ClientKey client_key;
  // Exists here and with whoever asked for it, nowhere else.
  std::string secret;
};
// `wanted` has no secret yet; `now` is wall-clock time. INVALID_ARGUMENT where
// it would have expired by then.
absl::StatusOr<CreatedClientKey> CreateClientKey(Registry& registry,
                                                 config::v1::ClientKey wanted,
                                                 absl::Time now);
// A new secret for a key; the old one works for `grace` more, which is 0 to
// kMaxGrace. What has retired for good is forgotten.
inline constexpr absl::Duration kMaxGrace = absl::Hours(90 * 24);
absl::StatusOr<CreatedClientKey> RotateClientKey(Registry& registry,
                                                 const std::string& name,
                                                 absl::Duration grace,
                                                 absl::Time now);
absl::StatusOr<Outcome> RevokeClientKey(Registry& registry,
                                        const std::string& name);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_EDITS_H_
