#include "dataplane/sync/lane.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/version.h"

namespace weir::dataplane {
namespace {

constexpr std::size_t kHashBytes = 32;

}  // namespace

LaneVerdict Judge(const std::optional<Version>& running, const Version& offered,
                  std::string_view bytes) {
  if (offered.epoch == 0 || offered.sequence == 0 ||
      offered.hash.size() != kHashBytes) {
    return LaneVerdict::kNoVersion;
  }
  if (running.has_value() && !IsNewer(offered, *running)) {
    if (IsNewer(*running, offered)) return LaneVerdict::kOlder;
    return offered.hash == running->hash ? LaneVerdict::kRunning
                                         : LaneVerdict::kContradiction;
  }
  if (Sha256(bytes) != offered.hash) return LaneVerdict::kDamaged;
  return LaneVerdict::kNew;
}

std::string_view Reason(LaneVerdict verdict) {
  switch (verdict) {
    case LaneVerdict::kOlder:
      return "it is older than what this node runs";
    case LaneVerdict::kContradiction:
      return "this node runs the same version with other content";
    case LaneVerdict::kDamaged:
      return "its hash is not that of its content";
    default:
      return "its version has no epoch, no sequence or no SHA-256";
  }
}

}  // namespace weir::dataplane
