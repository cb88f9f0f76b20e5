#include "dataplane/readiness.h"

#include <algorithm>
#include <string>

#include "common/concat.h"
#include "dataplane/current_snapshot.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

bool HasUsableModel(const Snapshot& snapshot) {
  return std::any_of(
      snapshot.config->models.begin(), snapshot.config->models.end(),
      [&](const ModelEntry& model) {
        if (model.mode != config::v1::MODE_ENABLED) return false;
        for (TargetIndex i = model.first_target; i < model.end_target; ++i) {
          if (!snapshot.weights->share[i].forbidden) return true;
        }
        return false;
      });
}

Readiness No(std::string_view why) {
  return {false, Concat(R"({"status":"unavailable","reason":")", why, R"("})")};
}

}  // namespace

Readiness ReadinessOf(const RoutingView* view, bool draining) {
  if (draining) return No("draining");
  if (view == nullptr) return No("no configuration yet");
  if (!HasUsableModel(view->snapshot)) return No("no model can be served");
  return {true, Concat(R"({"status":"ok","models":)",
                       view->snapshot.config->models.size(), "}")};
}

}  // namespace weir::dataplane
