#include "dataplane/weights_page.h"

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "common/ops/plain_number.h"
#include "dataplane/node_status.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

using dialect::JsonString;
using ops::PlainNumber;

std::string VersionObject(const Version& version) {
  return Concat(R"({"epoch":)", version.epoch, R"(,"sequence":)",
                version.sequence, R"(,"hash":")",
                absl::BytesToHexString(version.hash), R"("})");
}

std::string_view NameOf(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half_open";
  }
  return "unknown";
}

std::string TargetObject(const NodeStatus& status, TargetIndex index) {
  const TargetEntry& target = status.snapshot.config->targets[index];
  const TargetShare& share = status.snapshot.weights->share[index];
  const ProviderEntry& provider =
      status.snapshot.config->providers[target.provider];
  const auto seen = status.report.targets.find(target.id);
  const BreakerState breaker = seen == status.report.targets.end()
                                   ? BreakerState::kClosed
                                   : seen->second.breaker;
  std::string object =
      Concat(R"({"provider":)", JsonString(provider.name),
             R"(,"upstream_model":)", JsonString(target.upstream_model),
             R"(,"weight":)", PlainNumber(share.weight), R"(,"rank":)",
             share.rank, R"(,"forbidden":)", share.forbidden ? "true" : "false",
             R"(,"breaker":")", NameOf(breaker), R"(")");
  if (!provider.unusable_because.empty()) {
    Append(object, R"(,"unusable_because":)",
           JsonString(provider.unusable_because));
  }
  return object + "}";
}

std::string ModelObject(const NodeStatus& status, const ModelEntry& model) {
  std::string object =
      Concat(R"({"model":)", JsonString(model.name), R"(,"targets":[)");
  for (TargetIndex i = model.first_target; i < model.end_target; ++i) {
    Append(object, i == model.first_target ? "" : ",", TargetObject(status, i));
  }
  return object + "]}";
}

std::string Models(const NodeStatus& status) {
  std::string models = "[";
  for (const ModelEntry& model : status.snapshot.config->models) {
    Append(models, models == "[" ? "" : ",", ModelObject(status, model));
  }
  return models + "]";
}

}  // namespace

std::string WeightsPage(const NodeStatus& status) {
  const Snapshot& running = status.snapshot;
  const bool has_config = running.config != nullptr;
  const bool has_weights = has_config && running.weights->version.has_value();
  std::string page =
      Concat(R"({"config":)",
             has_config ? VersionObject(running.config->version) : "null",
             R"(,"weights":)",
             has_weights ? VersionObject(*running.weights->version) : "null",
             R"(,"trust":)", PlainNumber(status.trust));
  if (has_config && status.weights_age.has_value()) {
    Append(page, R"(,"weights_age_seconds":)",
           PlainNumber(absl::ToDoubleSeconds(*status.weights_age)));
  }
  Append(page, R"(,"models":)", has_config ? Models(status) : "[]", "}");
  return page;
}

}  // namespace weir::dataplane
