#include "cli/simulate/flow.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "common/config/effective.h"
#include "controlplane/scoreboard.h"

namespace weir::simulate {
namespace {

namespace v1 = config::v1;

bool Serves(const v1::Model& model) {
  return config::EffectiveMode(model.mode()) == v1::MODE_ENABLED;
}

// The end of the routes, unless that is switched off.
int ServingModel(const Part& part, const v1::Resources& resources) {
  int end = part.model;
  for (;;) {
    const std::string& next =
        config::RouteFor(resources.models(end), part.complexity);
    if (next.empty()) break;
    end = FindModel(resources, next);
  }
  return Serves(resources.models(end)) ? end : part.model;
}

// The models that a node would try, each once.
std::vector<int> Chain(const Part& part, const v1::Resources& resources) {
  std::vector<int> chain = {ServingModel(part, resources)};
  for (const int of : {chain.front(), part.model}) {
    for (const std::string& name : resources.models(of).fallback()) {
      const int next = FindModel(resources, name);
      if (std::find(chain.begin(), chain.end(), next) == chain.end()) {
        chain.push_back(next);
      }
    }
  }
  return chain;
}

// What the control plane tells nodes of `region`.
std::vector<Stream> SeenFrom(const std::string& region,
                             const controlplane::ModelView& view) {
  std::vector<Stream> streams;
  for (const controlplane::TargetView& target : view.targets) {
    streams.push_back({target.weight, target.rank, target.latency});
    const auto there = target.latency_by_region.find(region);
    if (there != target.latency_by_region.end()) {
      streams.back().latency = there->second;
    }
  }
  for (const controlplane::RegionView& entry : view.regions) {
    if (entry.region != region) continue;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      streams[i].share = entry.targets[i].weight;
      streams[i].rank = entry.targets[i].rank;
    }
  }
  return streams;
}

// Leaves what takes such requests, which then share everything.
void Restrict(const v1::Model& model, v1::Complexity complexity,
              std::vector<Stream>& streams) {
  double sum = 0;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (!config::Takes(model.targets(static_cast<int>(i)), complexity)) {
      streams[i].share = 0;
    }
    sum += streams[i].share;
  }
  if (sum <= 0) return;
  for (Stream& stream : streams) stream.share /= sum;
}

}  // namespace

bool Flow::is_served() const {
  return std::any_of(streams.begin(), streams.end(),
                     [](const Stream& stream) { return stream.share > 0; });
}

Flow FlowOf(const Part& part, const v1::Resources& resources,
            const controlplane::FleetView& fleet) {
  Flow first;
  bool is_first = true;
  for (const int model : Chain(part, resources)) {
    if (!Serves(resources.models(model))) continue;
    Flow flow{model, SeenFrom(part.region,
                              fleet.models[static_cast<std::size_t>(model)])};
    Restrict(resources.models(model), part.complexity, flow.streams);
    if (flow.is_served()) return flow;
    if (is_first) first = std::move(flow);
    is_first = false;
  }
  if (is_first) first.model = part.model;
  return first;
}

double CostOfMillion(const config::Price& price, const Tokens& tokens) {
  return static_cast<double>(tokens.input - tokens.cached_input) * price.input +
         static_cast<double>(tokens.cached_input) * price.cached_input +
         static_cast<double>(tokens.output) * price.output +
         1e6 * price.request;
}

}  // namespace weir::simulate
