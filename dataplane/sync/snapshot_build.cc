#include "dataplane/sync/snapshot_build.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/config/unknown_field.h"
#include "common/config/validate.h"
#include "common/dialect/dialect.h"
#include "common/stable_hash.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/build_sources.h"
#include "dataplane/sync/provider_build.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::dataplane {
namespace {

// Of two wills the stricter one: the enum grows with it.
config::v1::Mode Stricter(config::v1::Mode a, config::v1::Mode b) {
  return std::max(config::EffectiveMode(a), config::EffectiveMode(b));
}

void AddProviders(const config::v1::Resources& resources, BuildSources& sources,
                  RoutingConfig& config, std::vector<std::string>& warnings) {
  for (const config::v1::Provider& provider : resources.providers()) {
    config.provider_by_name.emplace(
        provider.name(), static_cast<ProviderIndex>(config.providers.size()));
    config.providers.push_back(BuildProvider(provider, sources, warnings));
  }
}

// As the schema calls them, by Complexity.
constexpr ByComplexity<config::v1::Complexity> kComplexityOf = {
    config::v1::COMPLEXITY_SIMPLE, config::v1::COMPLEXITY_MEDIUM,
    config::v1::COMPLEXITY_COMPLEX, config::v1::COMPLEXITY_MULTIMODAL};

ByComplexity<bool> TakenBy(const config::v1::Target& target) {
  ByComplexity<bool> takes;
  for (std::size_t i = 0; i < kComplexities; ++i) {
    takes[i] = config::Takes(target, kComplexityOf[i]);
  }
  return takes;
}

// Where a chain of routes ends. REQUIRES: there is no loop.
std::optional<ModelIndex> EndOfRoute(const config::v1::Resources& resources,
                                     const RoutingConfig& config,
                                     ModelIndex model,
                                     config::v1::Complexity complexity) {
  std::optional<ModelIndex> end;
  for (;;) {
    const std::string& next = config::RouteFor(
        resources.models(static_cast<int>(end.value_or(model))), complexity);
    if (next.empty()) return end;
    end = config.model_by_name.at(next);
  }
}

void AddRoutes(const config::v1::Resources& resources, RoutingConfig& config) {
  for (ModelIndex model = 0; model < config.models.size(); ++model) {
    for (std::size_t i = 0; i < kComplexities; ++i) {
      config.models[model].route[i] =
          EndOfRoute(resources, config, model, kComplexityOf[i]);
    }
  }
}

void AddTargets(const config::v1::Resources& resources,
                const config::v1::Model& model, const config::PriceList& prices,
                RoutingConfig& config) {
  for (const config::v1::Target& target : model.targets()) {
    const ProviderIndex provider =
        config.provider_by_name.at(target.provider());
    std::string upstream = config::UpstreamModel(model, target);
    config.targets.push_back({
        .id = config::TargetIdOf(model, target),
        .provider = provider,
        .takes = TakenBy(target),
        .upstream_model = upstream,
        .upstream_model_json = dialect::JsonString(upstream),
        .base_weight = config::BaseWeight(target),
        .mode =
            Stricter(target.mode(),
                     resources.providers(static_cast<int>(provider)).mode()),
        .prices = config::PricesOf(model, target, prices),
        .affinity_seed = StableHash(config::TargetIdOf(model, target).value),
        .max_output_tokens = config::MaxOutputTokens(model, target),
        .max_rpm = target.limits().max_rpm(),
        .max_tpm = target.limits().max_tpm(),
        .max_concurrent = target.limits().max_concurrent(),
    });
  }
}

void AddModels(const config::v1::Resources& resources, RoutingConfig& config) {
  const config::PriceList prices(resources.prices());
  for (const config::v1::Model& model : resources.models()) {
    const auto index = static_cast<ModelIndex>(config.models.size());
    config.model_by_name.emplace(model.name(), index);
    for (const std::string& alias : model.aliases()) {
      config.model_by_name.emplace(alias, index);
    }
    const auto first = static_cast<TargetIndex>(config.targets.size());
    AddTargets(resources, model, prices, config);
    config.models.push_back({
        .name = model.name(),
        .mode = config::EffectiveMode(model.mode()),
        .first_target = first,
        .end_target = static_cast<TargetIndex>(config.targets.size()),
        .fallback = {},
        .context_tokens = model.context_tokens(),
        .replay_slow_failures = model.replay_slow_failures(),
        .affinity = config::EffectiveAffinity(model),
        .hedge = config::EffectiveHedge(model),
    });
    config.uses_affinity |= config.models.back().affinity.has_value();
  }
  // Once all have their index.
  for (int i = 0; i < resources.models_size(); ++i) {
    for (const std::string& name : resources.models(i).fallback()) {
      config.models[static_cast<std::size_t>(i)].fallback.push_back(
          config.model_by_name.at(name));
    }
  }
  AddRoutes(resources, config);
}

Sha256Digest Digest(const std::string& hexadecimal) {
  const std::string bytes = absl::HexStringToBytes(hexadecimal);
  Sha256Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()),
              digest.begin());
  return digest;
}

ClientEntry BuildClient(const config::v1::ClientKey& key,
                        const RoutingConfig& config) {
  ClientEntry client{
      .name = ClientKeyId{key.name()},
      .secret_sha256 = Digest(key.secret_sha256()),
      .may_use_all_models = key.models().empty(),
      .models = {},
      .may_address_all_providers = false,
      .providers = {},
      .may_ask_for_all_regions = false,
      .regions = {key.regions().begin(), key.regions().end()},
  };
  client.max_rpm = key.limits().rpm();
  client.max_tpm = key.limits().tpm();
  client.max_concurrent = key.limits().concurrent();
  client.may_ask_for_all_regions = client.regions.contains("*");
  if (key.has_expires_at())
    client.expires_at = config::ToTime(key.expires_at());
  for (const config::v1::RetiringSecret& old : key.retiring()) {
    client.retiring.push_back(
        {Digest(old.secret_sha256()), config::ToTime(old.expires_at())});
  }
  // A name that is not there yet gives no right, and takes none away.
  for (const std::string& name : key.models()) {
    if (name == "*") client.may_use_all_models = true;
    const auto found = config.model_by_name.find(name);
    if (found != config.model_by_name.end()) {
      client.models.insert(found->second);
    }
  }
  for (const std::string& name : key.providers()) {
    if (name == "*") client.may_address_all_providers = true;
    const auto found = config.provider_by_name.find(name);
    if (found != config.provider_by_name.end()) {
      client.providers.insert(found->second);
    }
  }
  return client;
}

void AddClients(const config::v1::Resources& resources, RoutingConfig& config) {
  for (const config::v1::ClientKey& key : resources.client_keys()) {
    ClientEntry client = BuildClient(key, config);
    const auto index = static_cast<std::uint32_t>(config.clients.size());
    config.client_by_digest.emplace(client.secret_sha256, index);
    for (const RetiringSecret& old : client.retiring) {
      config.client_by_digest.emplace(old.secret_sha256, index);
    }
    config.clients.push_back(std::move(client));
  }
}

std::string Sentence(const config::Problem& problem) {
  return absl::StrCat(problem.field, ": ", problem.what, "; ", problem.fix);
}

}  // namespace

absl::StatusOr<config::v1::Resources> ParseResources(std::string_view bytes) {
  config::v1::Resources resources;
  if (bytes.size() > std::numeric_limits<int>::max() ||
      !resources.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("the content is no Resources message");
  }
  // To ignore what it asks for would be to do something else.
  if (const auto unknown = config::FindUnknownField(resources)) {
    return absl::InvalidArgumentError(
        absl::StrCat(*unknown, " is of a newer version; upgrade this node"));
  }
  return resources;
}

BuiltConfig BuildConfig(const config::v1::Resources& resources,
                        const Version& version, BuildSources& sources) {
  BuiltConfig built;
  for (const config::Problem& problem : config::Validate(resources).problems) {
    built.problems.push_back(Sentence(problem));
  }
  if (!built.problems.empty()) return built;

  auto config = std::make_shared<RoutingConfig>();
  config->version = version;
  AddProviders(resources, sources, *config, built.warnings);
  AddModels(resources, *config);
  AddClients(resources, *config);
  sources.BuildEnded();
  built.config = std::move(config);
  return built;
}

std::set<std::string> FilesOf(const config::v1::Resources& resources) {
  std::set<std::string> paths;
  for (const config::v1::Provider& provider : resources.providers()) {
    AddFilesOf(provider, paths);
  }
  return paths;
}

}  // namespace weir::dataplane
