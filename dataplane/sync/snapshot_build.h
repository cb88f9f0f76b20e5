// The config lane: from resources to what a node routes with.
#ifndef WEIR_DATAPLANE_SYNC_SNAPSHOT_BUILD_H_
#define WEIR_DATAPLANE_SYNC_SNAPSHOT_BUILD_H_

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/build_sources.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::dataplane {

struct BuiltConfig {
  // Null when there are problems.
  std::shared_ptr<const RoutingConfig> config;
  // Why these resources are refused, all of it.
  std::vector<std::string> problems;
  // What this node has to do without.
  std::vector<std::string> warnings;
};

// Validates, then resolves: references become indexes, secrets header lines.
BuiltConfig BuildConfig(const config::v1::Resources& resources,
                        const Version& version, BuildSources& sources);

// The files that BuildConfig() reads for `resources`.
std::set<std::string> FilesOf(const config::v1::Resources& resources);

// `bytes` as resources; INVALID_ARGUMENT when they are none.
absl::StatusOr<config::v1::Resources> ParseResources(std::string_view bytes);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_SNAPSHOT_BUILD_H_
