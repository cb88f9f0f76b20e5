#include "dataplane/weights_page.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "dataplane/node_status.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

namespace json = boost::json;

json::object VersionObject(const Version& version) {
  return {{"epoch", version.epoch},
          {"sequence", version.sequence},
          {"hash", absl::BytesToHexString(version.hash)}};
}

const char* NameOf(BreakerState state) {
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

json::object TargetObject(const NodeStatus& status, TargetIndex index) {
  const TargetEntry& target = status.snapshot.config->targets[index];
  const TargetShare& share = status.snapshot.weights->share[index];
  const ProviderEntry& provider =
      status.snapshot.config->providers[target.provider];
  const auto seen = status.report.targets.find(target.id);
  json::object object{
      {"provider", provider.name},
      {"upstream_model", target.upstream_model},
      {"weight", share.weight},
      {"rank", share.rank},
      {"forbidden", share.forbidden},
      {"breaker",
       NameOf(seen == status.report.targets.end() ? BreakerState::kClosed
                                                  : seen->second.breaker)},
  };
  if (!provider.unusable_because.empty()) {
    object["unusable_because"] = provider.unusable_because;
  }
  return object;
}

json::array Models(const NodeStatus& status) {
  json::array models;
  for (const ModelEntry& model : status.snapshot.config->models) {
    json::array targets;
    for (TargetIndex i = model.first_target; i < model.end_target; ++i) {
      targets.push_back(TargetObject(status, i));
    }
    models.push_back(
        json::object{{"model", model.name}, {"targets", std::move(targets)}});
  }
  return models;
}

}  // namespace

std::string WeightsPage(const NodeStatus& status) {
  json::object page{{"config", nullptr},
                    {"weights", nullptr},
                    {"trust", status.trust},
                    {"models", json::array{}}};
  if (status.snapshot.config != nullptr) {
    page["config"] = VersionObject(status.snapshot.config->version);
    if (status.snapshot.weights->version.has_value()) {
      page["weights"] = VersionObject(*status.snapshot.weights->version);
    }
    if (status.weights_age.has_value()) {
      page["weights_age_seconds"] = absl::ToDoubleSeconds(*status.weights_age);
    }
    page["models"] = Models(status);
  }
  return json::serialize(page);
}

}  // namespace weir::dataplane
