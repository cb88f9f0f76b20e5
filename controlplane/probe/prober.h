// The seam to the providers: one probe of one target.
#ifndef WEIR_CONTROLPLANE_PROBE_PROBER_H_
#define WEIR_CONTROLPLANE_PROBE_PROBER_H_

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "controlplane/health/evidence.h"
#include "controlplane/probe/probe_target.h"

namespace weir::controlplane {

// Not thread-safe: everything happens on the loop of the calling coroutine.
class Prober {
 public:
  virtual ~Prober() = default;

  // Asks `target` once and says how that went, in no more than its check's
  // timeout. Never throws, unless it is cancelled. nullopt: there was nothing
  // to ask with, because none of the provider's credentials resolves; that says
  // nothing of the target.
  virtual boost::asio::awaitable<std::optional<ProbeResult>> Probe(
      ProbeTarget target) = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_PROBER_H_
