#include <string>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

void CheckAffinity(const std::string& path, const v1::Affinity& affinity,
                   Judge& judge) {
  if (!v1::AffinityKey_IsValid(affinity.by())) {
    judge.Refuse(path + ".by", "is not known: " + std::to_string(affinity.by()),
                 "write session or prefix");
  } else if (affinity.by() == v1::AFFINITY_KEY_UNSPECIFIED) {
    judge.Warn(path, "does nothing without `by`",
               "write by: session or by: prefix");
  }
  if (affinity.has_max_load()) {
    judge.CheckNumber(path + ".max_load", affinity.max_load(), 1, 100);
  }
}

void CheckHedge(const std::string& path, const v1::Hedge& hedge, Judge& judge) {
  if (hedge.has_after()) {
    judge.CheckDuration(path + ".after", hedge.after(), absl::Milliseconds(10),
                        absl::Minutes(5));
  }
  if (hedge.has_budget()) {
    judge.CheckNumber(path + ".budget", hedge.budget(), 0, 1);
  }
}

}  // namespace

void ValidatePlacement(const std::string& path, const v1::Model& model,
                       Judge& judge) {
  if (model.has_affinity()) {
    CheckAffinity(path + ".affinity", model.affinity(), judge);
  }
  if (!model.has_hedge()) return;
  CheckHedge(path + ".hedge", model.hedge(), judge);
}

}  // namespace weir::config
