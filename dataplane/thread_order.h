// Which threads of a node come first.
#ifndef WEIR_DATAPLANE_THREAD_ORDER_H_
#define WEIR_DATAPLANE_THREAD_ORDER_H_

#include <spdlog/spdlog.h>

#include "absl/status/status.h"
#include "common/make_way.h"

namespace weir::dataplane {

// To be called once by each thread that is not a worker's, those that it begins
// included: to build a configuration of ten thousand targets takes tens of
// milliseconds, which would be those of the requests of the worker on the same
// core.
inline void MakeWayForWorkers() {
  const absl::Status status = MakeWay();
  if (!status.ok()) spdlog::debug("no thread makes way: {}", status.ToString());
}

// To be called once by a worker's.
inline void ServeWithoutDelay() {
  const absl::Status status = TakeShortTurns();
  if (!status.ok()) spdlog::debug("workers wait: {}", status.ToString());
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_THREAD_ORDER_H_
