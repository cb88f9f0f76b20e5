#include "dataplane/sync/version.h"

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "dataplane/snapshot.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

bool IsNewer(const Version& a, const Version& b) {
  return std::tie(a.epoch, a.sequence) > std::tie(b.epoch, b.sequence);
}

Version FromProto(const routing::v1::Version& version) {
  return {version.epoch(), version.sequence(), version.hash()};
}

routing::v1::Version ToProto(const Version& version) {
  routing::v1::Version result;
  result.set_epoch(version.epoch);
  result.set_sequence(version.sequence);
  result.set_hash(version.hash);
  return result;
}

std::string Describe(const Version& version) {
  return absl::StrCat("epoch ", version.epoch, ", sequence ", version.sequence);
}

}  // namespace weir::dataplane
