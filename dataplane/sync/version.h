// Versions of lanes: their order, their form on the wire and for people.
#ifndef WEIR_DATAPLANE_SYNC_VERSION_H_
#define WEIR_DATAPLANE_SYNC_VERSION_H_

#include <string>

#include "dataplane/snapshot.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// By epoch, then by sequence; the hash has no order.
bool IsNewer(const Version& a, const Version& b);

Version FromProto(const routing::v1::Version& version);
routing::v1::Version ToProto(const Version& version);

// `epoch 3, sequence 17`.
std::string Describe(const Version& version);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_VERSION_H_
