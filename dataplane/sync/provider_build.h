// One provider: from its resource to what a request needs to reach it.
#ifndef WEIR_DATAPLANE_SYNC_PROVIDER_BUILD_H_
#define WEIR_DATAPLANE_SYNC_PROVIDER_BUILD_H_

#include <set>
#include <string>
#include <vector>

#include "dataplane/snapshot.h"
#include "dataplane/sync/build_sources.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::dataplane {

// Never fails: a provider that can't be used from this node says so in
// unusable_because, and nothing else suffers. `warnings` gets a sentence for
// that and for whatever else is missing (a second credential, say).
// REQUIRES: config::Validate() had no problem with `provider`.
ProviderEntry BuildProvider(const config::v1::Provider& provider,
                            BuildSources& sources,
                            std::vector<std::string>& warnings);

// Adds the paths of the files that BuildProvider() reads for `provider`.
void AddFilesOf(const config::v1::Provider& provider,
                std::set<std::string>& paths);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_PROVIDER_BUILD_H_
