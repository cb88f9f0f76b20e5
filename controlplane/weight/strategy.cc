#include "controlplane/weight/strategy.h"

#include "controlplane/weight/balanced.h"
#include "controlplane/weight/least_latency.h"
#include "controlplane/weight/lowest_cost.h"
#include "controlplane/weight/priority.h"
#include "controlplane/weight/proximity.h"
#include "controlplane/weight/weighted.h"
#include "weir/config/v1/model.pb.h"

namespace weir::controlplane {

namespace v1 = config::v1;

Strategy StrategyFor(v1::Strategy strategy) {
  switch (strategy) {
    case v1::STRATEGY_LEAST_LATENCY:
      return &LeastLatency;
    case v1::STRATEGY_LOWEST_COST:
      return &LowestCost;
    case v1::STRATEGY_PRIORITY:
      return &Priority;
    case v1::STRATEGY_PROXIMITY:
      return &Proximity;
    case v1::STRATEGY_BALANCED:
      return &Balanced;
    case v1::STRATEGY_WEIGHTED:
    default:
      return &Weighted;
  }
}

bool DependsOnRegion(v1::Strategy strategy) {
  return strategy == v1::STRATEGY_LEAST_LATENCY ||
         strategy == v1::STRATEGY_PROXIMITY ||
         strategy == v1::STRATEGY_BALANCED;
}

}  // namespace weir::controlplane
