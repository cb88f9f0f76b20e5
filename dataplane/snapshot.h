// The immutable whole that a node routes with.
#ifndef WEIR_DATAPLANE_SNAPSHOT_H_
#define WEIR_DATAPLANE_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/dialect/dialect.h"
#include "common/ids.h"
#include "common/net/dial_plan.h"
#include "common/string_map.h"

namespace weir::dataplane {

// Which of the control plane's words this is; ordered by epoch, then sequence.
struct Version {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::string hash;  // 32 bytes.

  friend bool operator==(const Version&, const Version&) = default;
};

using Sha256 = std::array<std::uint8_t, 32>;

// Positions in RoutingConfig's vectors; valid inside one RoutingConfig only.
using ProviderIndex = std::uint32_t;
using TargetIndex = std::uint32_t;
using ModelIndex = std::uint32_t;

struct ProviderEntry {
  std::string name;
  const dialect::Dialect* dialect;
  net::DialPlan dial;
  // dial.url.HostHeader(), once and not for each request.
  std::string host_header;
  // Header lines that authenticate, CRLF after each; one entry a credential
  // that resolved, in the order of preference. A provider that wants none has
  // one empty entry.
  std::vector<std::string> credential_headers;
  // Why the provider can't be used on this node; empty when it can.
  std::string unusable_because;
  config::Timeouts timeouts;
  std::string region;
  // Requests in flight at this node; 0 means no limit.
  std::uint32_t max_concurrent;
};

struct TargetEntry {
  TargetId id;
  ProviderIndex provider;
  std::string upstream_model;
  // As it is spliced into a body: a JSON string with its quotes.
  std::string upstream_model_json;
  double base_weight;
  // The operator's will for target and provider together.
  config::v1::Mode mode;
};

struct ModelEntry {
  std::string name;
  config::v1::Mode mode;
  // [first, end) in RoutingConfig::targets.
  TargetIndex first_target;
  TargetIndex end_target;
  std::vector<ModelIndex> fallback;
};

struct ClientEntry {
  ClientKeyId name;
  Sha256 secret_sha256;
  bool may_use_all_models;
  absl::flat_hash_set<ModelIndex> models;
  bool may_address_all_providers;
  absl::flat_hash_set<ProviderIndex> providers;
};

// The config lane, resolved: references are indexes, secrets are header lines.
struct RoutingConfig {
  Version version;
  std::vector<ProviderEntry> providers;
  // Those of a model stand together.
  std::vector<TargetEntry> targets;
  std::vector<ModelEntry> models;
  std::vector<ClientEntry> clients;

  StringMap<ProviderIndex> provider_by_name;
  // Names and aliases.
  StringMap<ModelIndex> model_by_name;
  absl::flat_hash_map<Sha256, std::uint32_t> client_by_digest;
};

// What the control plane says of one target, in this node's region.
struct TargetShare {
  // Share of first attempts; a model's shares sum to 1, or all are 0.
  double weight;
  // 0 is tried first.
  std::uint32_t rank;
  // Never to be used, whatever else fails: switched off, draining.
  bool forbidden;
};

// The weights lane, aligned with one RoutingConfig: share[i] is for targets[i].
// Targets that the lane does not mention have their base weight.
struct RoutingWeights {
  std::optional<Version> version;
  std::vector<TargetShare> share;
  // On Clock::Now(); when the control plane last said that these hold.
  absl::Time confirmed_at;
  absl::Duration time_to_live;
};

// Both lanes, consistent with each other.
//
// Thread safety: immutable, so shared by all workers.
struct Snapshot {
  std::shared_ptr<const RoutingConfig> config;
  std::shared_ptr<const RoutingWeights> weights;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SNAPSHOT_H_
