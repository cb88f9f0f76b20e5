#include "tests/dataplane/peers/snapshot_by_hand.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/ids.h"
#include "common/net/url.h"
#include "common/sha256.h"
#include "dataplane/snapshot.h"

namespace weir::testing {
namespace {

using dataplane::ClientEntry;
using dataplane::ModelIndex;
using dataplane::ProviderEntry;
using dataplane::ProviderIndex;
using dataplane::RoutingConfig;
using dataplane::RoutingWeights;
using dataplane::Snapshot;
using dataplane::TargetIndex;

void Add(ClientEntry client, RoutingConfig& config) {
  config.client_by_digest[client.secret_sha256] =
      static_cast<std::uint32_t>(config.clients.size());
  config.clients.push_back(std::move(client));
}

}  // namespace

ProviderIndex SnapshotByHand::AddProvider(std::string name,
                                          std::uint16_t port) {
  const auto index = static_cast<ProviderIndex>(config_.providers.size());
  ProviderEntry provider{};
  provider.dialect = &dialect::OpenAi();
  provider.dial.url = {net::Scheme::kHttp, "127.0.0.1", port, "/v1"};
  provider.host_header = provider.dial.url.HostHeader();
  const std::string secret = Concat("key-of-", name);
  provider.credentials = {{Concat("authorization: Bearer ", secret, "\r\n"), 0,
                           config::Secret(secret)}};
  provider.breaker = {5, absl::Seconds(30)};
  const absl::Duration patient = absl::Seconds(30);
  provider.timeouts = {absl::Seconds(2), patient, patient,
                       patient,          patient, absl::Minutes(15)};
  config_.provider_by_name[name] = index;
  provider.name = std::move(name);
  config_.providers.push_back(std::move(provider));
  return index;
}

ModelIndex SnapshotByHand::AddModel(std::string name,
                                    std::vector<ProviderIndex> providers) {
  const auto index = static_cast<ModelIndex>(config_.models.size());
  const auto first = static_cast<TargetIndex>(config_.targets.size());
  const std::string upstream = "upstream-" + name;
  for (std::uint32_t rank = 0; rank < providers.size(); ++rank) {
    const ProviderIndex provider = providers[rank];
    config_.targets.push_back(
        {.id = MakeTargetId(config_.providers[provider].name, upstream),
         .provider = provider,
         .upstream_model = upstream,
         .upstream_model_json = Concat("\"", upstream, "\""),
         .base_weight = 1.0,
         .mode = config::v1::MODE_ENABLED});
    weights_.share.push_back({rank == 0 ? 1.0 : 0.0, rank, false});
  }
  config_.model_by_name[name] = index;
  config_.models.push_back({std::move(name),
                            config::v1::MODE_ENABLED,
                            first,
                            static_cast<TargetIndex>(config_.targets.size()),
                            {}});
  return index;
}

void SnapshotByHand::AddKey(std::string_view secret,
                            std::vector<ModelIndex> models) {
  ClientEntry client{};
  client.name = ClientKeyId{"narrow"};
  client.secret_sha256 = DigestOf(secret);
  client.models.insert(models.begin(), models.end());
  Add(std::move(client), config_);
}

Snapshot SnapshotByHand::Build() const {
  auto config = std::make_shared<RoutingConfig>(config_);
  ClientEntry client{};
  client.name = ClientKeyId{"test"};
  client.secret_sha256 = DigestOf(kClientKey);
  client.may_use_all_models = true;
  client.may_address_all_providers = true;
  Add(std::move(client), *config);
  return {std::move(config), std::make_shared<RoutingWeights>(weights_)};
}

}  // namespace weir::testing
