#include "controlplane/weight/strategy.h"

#include "controlplane/weight/weighted.h"
#include "weir/config/v1/model.pb.h"

namespace weir::controlplane {

Strategy StrategyFor(config::v1::Strategy strategy) {
  switch (strategy) {
    case config::v1::STRATEGY_WEIGHTED:
    default:
      return &Weighted;
  }
}

}  // namespace weir::controlplane
