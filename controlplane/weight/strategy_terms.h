// What a strategy is told beside the candidates.
#ifndef WEIR_CONTROLPLANE_WEIGHT_STRATEGY_TERMS_H_
#define WEIR_CONTROLPLANE_WEIGHT_STRATEGY_TERMS_H_

#include <string_view>

#include "common/config/effective.h"

namespace weir::controlplane {

struct StrategyTerms {
  // Where the requests come from; empty: from anywhere.
  std::string_view region;
  // Of `balanced`.
  config::Mix mix;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_WEIGHT_STRATEGY_TERMS_H_
