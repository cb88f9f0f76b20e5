#include "cli/simulate/replay.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "cli/simulate/flow.h"
#include "cli/simulate/traffic.h"
#include "common/config/effective.h"
#include "common/config/price.h"
#include "common/ids.h"

namespace weir::simulate {
namespace {

namespace v1 = config::v1;
using routing::v1::Decision;

// Provider and upstream model; both empty: nobody could be asked.
using Place = std::pair<std::string, std::string>;

std::string TextOf(const Place& place) {
  return place.first.empty() ? ""
                             : MakeTargetId(place.first, place.second).value;
}

// Who was asked first.
Place RecordedPlace(const Decision& decision) {
  if (decision.attempts().empty()) return {};
  return {decision.attempts(0).provider(),
          decision.attempts(0).upstream_model()};
}

Part PartOf(const Decision& decision, int model) {
  Part part;
  part.model = model;
  part.region = decision.region();
  part.complexity = decision.complexity();
  part.tokens = {decision.input_tokens(), decision.cached_input_tokens(),
                 decision.output_tokens()};
  return part;
}

// The target that the draw picks, in the order of the file as at a node;
// nullptr: nobody.
const v1::Target* Pick(const Decision& decision, const v1::Model& model,
                       const Flow& flow) {
  const Place before = RecordedPlace(decision);
  const v1::Target* picked = nullptr;
  double left = decision.draw();
  for (std::size_t i = 0; i < flow.streams.size(); ++i) {
    const double share = flow.streams[i].share;
    if (share == 0) continue;
    const v1::Target& target = model.targets(static_cast<int>(i));
    if (decision.by_affinity() &&
        Place(target.provider(), config::UpstreamModel(model, target)) ==
            before) {
      return &target;
    }
    if (picked == nullptr || left >= 0) picked = &target;
    left -= share;
  }
  return picked;
}

// Where both what it cost and what it would cost are known.
void AddCosts(const Decision& decision, const Part& part,
              const std::optional<config::Price>& price,
              admin::v1::Replay& replay) {
  if (!decision.has_cost_usd()) return;
  if (!price.has_value() || part.tokens.cached_input > part.tokens.input) {
    return;
  }
  replay.set_recorded_cost_usd(replay.recorded_cost_usd() +
                               decision.cost_usd());
  replay.set_replayed_cost_usd(replay.replayed_cost_usd() +
                               CostOfMillion(*price, part.tokens) / 1e6);
}

struct Counts {
  std::uint32_t recorded = 0;
  std::uint32_t replayed = 0;
};

}  // namespace

std::set<std::string> RegionsOf(const Decisions& decisions) {
  std::set<std::string> regions;
  for (const Decision& decision : decisions) regions.insert(decision.region());
  return regions;
}

admin::v1::Replay MakeAgain(const Decisions& decisions,
                            const Scenario& scenario,
                            const controlplane::FleetView& fleet) {
  admin::v1::Replay replay;
  std::map<Place, Counts> counts;
  for (const Decision& decision : decisions) {
    const int model = decision.model().empty()
                          ? -1
                          : FindModel(scenario.resources, decision.model());
    if (model < 0) {
      replay.set_skipped(replay.skipped() + 1);
      continue;
    }
    const Part part = PartOf(decision, model);
    const Flow flow = FlowOf(part, scenario.resources, fleet);
    const v1::Model& serving = scenario.resources.models(flow.model);
    const v1::Target* target = Pick(decision, serving, flow);
    const Place before = RecordedPlace(decision);
    Place now;
    if (target != nullptr) {
      now = {target->provider(), config::UpstreamModel(serving, *target)};
    }
    replay.set_decisions(replay.decisions() + 1);
    ++counts[before].recorded;
    ++counts[now].replayed;
    if (target != nullptr) {
      AddCosts(
          decision, part,
          config::PriceAt(scenario.resources, serving, *target, scenario.now),
          replay);
    }
    if (before == now) continue;
    replay.set_moved(replay.moved() + 1);
    admin::v1::ReplayedDecision& move = *replay.add_moves();
    move.set_request_id(decision.request_id());
    move.set_model(decision.model());
    move.set_before(TextOf(before));
    move.set_now(TextOf(now));
  }
  for (const auto& [place, count] : counts) {
    admin::v1::ReplayedTarget& target = *replay.add_targets();
    target.set_provider(place.first);
    target.set_upstream_model(place.second);
    target.set_recorded(count.recorded);
    target.set_replayed(count.replayed);
  }
  return replay;
}

}  // namespace weir::simulate
