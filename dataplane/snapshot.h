// The immutable whole that a node routes with.
#ifndef WEIR_DATAPLANE_SNAPSHOT_H_
#define WEIR_DATAPLANE_SNAPSHOT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/ids.h"
#include "common/net/dial_plan.h"
#include "common/sha256.h"
#include "common/string_map.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/serial_number.h"

namespace weir::dataplane {

// Which of the control plane's words this is; ordered by epoch, then sequence.
struct Version {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::string hash;  // 32 bytes.

  friend bool operator==(const Version&, const Version&) = default;
};

// Positions in RoutingConfig's vectors; valid inside one RoutingConfig only.
using ProviderIndex = std::uint32_t;
using TargetIndex = std::uint32_t;
using ModelIndex = std::uint32_t;

// How hard a request is, as weir.config.v1.Complexity.
enum class Complexity : std::uint8_t {
  kSimple,
  kMedium,
  kComplex,
  kMultimodal
};
inline constexpr std::size_t kComplexities = 4;

// A value for each complexity.
template <typename T>
using ByComplexity = std::array<T, kComplexities>;

// One of a provider's credentials.
struct CredentialEntry {
  // Header lines that authenticate, CRLF after each.
  std::string headers;
  // In Provider.credentials, of which some may not resolve on this node.
  std::uint32_t position = 0;
  // What of `headers` nobody else may read.
  config::Secret secret = {};
};

struct ProviderEntry {
  std::string name;
  // Tells it from the entries of other configurations, whose address may be the
  // same later.
  SerialNumber serial = {};
  const dialect::Dialect* dialect;
  net::DialPlan dial;
  // dial.url.HostHeader(), once and not for each request.
  std::string host_header;
  // Those that resolved, in the order of preference. A provider that wants none
  // has one without headers.
  std::vector<CredentialEntry> credentials;
  // Why the provider can't be used on this node; empty when it can.
  std::string unusable_because;
  config::Timeouts timeouts;
  std::string region;
  config::Breaker breaker;
  // Of all nodes together, the first two a minute; 0 means no limit.
  std::uint64_t max_rpm = 0;
  std::uint64_t max_tpm = 0;
  std::uint64_t max_concurrent = 0;
};

struct TargetEntry {
  TargetId id;
  ProviderIndex provider;
  // Which requests may go there, by Complexity.
  ByComplexity<bool> takes = {true, true, true, true};
  std::string upstream_model;
  // As it is spliced into a body: a JSON string with its quotes.
  std::string upstream_model_json;
  double base_weight;
  // The operator's will for target and provider together.
  config::v1::Mode mode;
  config::PriceSchedule prices = {};
  // StableHash() of the id, for affinity.
  std::uint64_t affinity_seed = 0;
  // Tokens that an answer may have where the client set no limit; absent where
  // nobody said.
  std::optional<std::uint64_t> max_output_tokens = std::nullopt;
  // As in ProviderEntry.
  std::uint64_t max_rpm = 0;
  std::uint64_t max_tpm = 0;
  std::uint64_t max_concurrent = 0;
};

struct ModelEntry {
  std::string name;
  config::v1::Mode mode;
  // [first, end) in RoutingConfig::targets.
  TargetIndex first_target;
  TargetIndex end_target;
  std::vector<ModelIndex> fallback;
  // The model that serves in its place, by Complexity; where there is none its
  // own targets do. Routes of routes are followed already.
  ByComplexity<std::optional<ModelIndex>> route = {};
  // Tokens that its targets take; 0 where nobody said.
  std::uint64_t context_tokens = 0;
  // A gateway's timeout after long work is tried again elsewhere.
  bool replay_slow_failures = false;
  std::optional<config::Affinity> affinity = std::nullopt;
  std::optional<config::Hedge> hedge = std::nullopt;
};

// A secret that was replaced and works for a while.
struct RetiringSecret {
  Sha256Digest secret_sha256;
  // On the wall clock.
  absl::Time expires_at;
};

struct ClientEntry {
  ClientKeyId name;
  Sha256Digest secret_sha256;
  bool may_use_all_models;
  absl::flat_hash_set<ModelIndex> models;
  bool may_address_all_providers;
  absl::flat_hash_set<ProviderIndex> providers;
  // What it may say in x-weir-region.
  bool may_ask_for_all_regions = false;
  std::set<std::string, std::less<>> regions = {};
  // On the wall clock: refused from then on, whatever its secret.
  absl::Time expires_at = absl::InfiniteFuture();
  std::vector<RetiringSecret> retiring = {};
  // Of all nodes together; 0 means no limit.
  std::uint64_t max_rpm = 0;
  std::uint64_t max_tpm = 0;
  std::uint64_t max_concurrent = 0;
};

// The config lane, resolved: references are indexes, secrets are header lines.
struct RoutingConfig {
  Version version;
  std::vector<ProviderEntry> providers;
  // Those of a model stand together.
  std::vector<TargetEntry> targets;
  std::vector<ModelEntry> models;
  std::vector<ClientEntry> clients;

  // Some model has affinity.
  bool uses_affinity = false;

  StringMap<ProviderIndex> provider_by_name;
  // Names and aliases.
  StringMap<ModelIndex> model_by_name;
  // By each of its secrets.
  absl::flat_hash_map<Sha256Digest, std::uint32_t> client_by_digest;
};

// What the control plane says of a target's health.
enum class Standing : std::uint8_t { kUnknown, kUsable, kUnhealthy };

// What the control plane says of one target, in one region.
struct TargetShare {
  // Share of first attempts; a model's shares sum to 1, or all are 0.
  double weight;
  // 0 is tried first.
  std::uint32_t rank;
  // Never to be used, whatever else fails: switched off, draining.
  bool forbidden;
  Standing standing = Standing::kUnknown;
  // There for failover only, as long as the control plane's word is the last
  // one: its emergency group is not active.
  bool reserve = false;
};

// The weights lane, aligned with one RoutingConfig: share[i] is for targets[i].
// Targets that the lane does not mention have their base weight.
struct RoutingWeights {
  std::optional<Version> version;
  // For a node's own region.
  std::vector<TargetShare> share;
  // The same for each region that a request may ask for: those that the lane or
  // a provider names.
  StringMap<std::vector<TargetShare>> share_in;
  // Positions of the credentials that the control plane knows to be refused, by
  // ProviderIndex; empty where there are none at all.
  std::vector<std::vector<std::uint32_t>> refused_credentials;
  // On Clock::Now(); when the control plane last said that these hold.
  absl::Time confirmed_at;
  absl::Duration time_to_live;
};

// Of one provider; positions in Provider.credentials.
inline std::span<const std::uint32_t> RefusedCredentials(
    const RoutingWeights& weights, ProviderIndex provider) {
  if (provider >= weights.refused_credentials.size()) return {};
  return weights.refused_credentials[provider];
}

// The numbers under which the accounts know a RoutingConfig's names, aligned
// with it.
struct UsageNames {
  std::vector<std::uint32_t> clients;
  std::vector<std::uint32_t> models;
  std::vector<std::uint32_t> providers;
  // Of the upstream models.
  std::vector<std::uint32_t> targets;
};

// Both lanes, consistent with each other.
//
// Thread safety: immutable, so shared by all workers.
struct Snapshot {
  std::shared_ptr<const RoutingConfig> config;
  std::shared_ptr<const RoutingWeights> weights;
  // Null where no accounts are kept.
  std::shared_ptr<const UsageNames> usage_names = nullptr;
  // Aligned with the config. Null where no limits are kept.
  std::shared_ptr<const QuotaView> quotas = nullptr;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SNAPSHOT_H_
