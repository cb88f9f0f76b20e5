// What a node routes with, without a control plane.
#ifndef WEIR_TESTS_DATAPLANE_PEERS_SNAPSHOT_BY_HAND_H_
#define WEIR_TESTS_DATAPLANE_PEERS_SNAPSHOT_BY_HAND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/snapshot.h"

namespace weir::testing {

// Of the key that Build() has: it may use all models and address all providers.
inline constexpr std::string_view kClientKey = "weir-test-key";

class SnapshotByHand {
 public:
  // At 127.0.0.1:`port`, base path /v1, credential `key-of-NAME`, no limit of
  // requests in flight, every timeout 30 s but connect (2 s) and total (15 m);
  // the default breaker.
  dataplane::ProviderIndex AddProvider(std::string name, std::uint16_t port);
  // A target at each of `providers`, upstream name `upstream-NAME`. The first
  // gets every first attempt; the others follow in their order.
  dataplane::ModelIndex AddModel(
      std::string name, std::vector<dataplane::ProviderIndex> providers);
  // A key for `models` alone, which may address no provider.
  void AddKey(std::string_view secret,
              std::vector<dataplane::ModelIndex> models);

  // For what has no function of its own.
  dataplane::RoutingConfig& config() { return config_; }
  dataplane::RoutingWeights& weights() { return weights_; }

  dataplane::Snapshot Build() const;

 private:
  dataplane::RoutingConfig config_;
  dataplane::RoutingWeights weights_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_PEERS_SNAPSHOT_BY_HAND_H_
