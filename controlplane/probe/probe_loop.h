// Runs probes: what is due, at once, each with its timeout.
#ifndef WEIR_CONTROLPLANE_PROBE_PROBE_LOOP_H_
#define WEIR_CONTROLPLANE_PROBE_PROBE_LOOP_H_

#include <cstddef>
#include <memory>

#include "common/clock.h"
#include "common/random.h"
#include "controlplane/probe/prober.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/scoreboard.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// More probes than this wait for one to end.
inline constexpr std::size_t kMaxProbesAtOnce = 256;

// Has a thread and a loop of its own, so that nothing else can delay a probe
// and spoil what it measures. Results go to the scoreboard, which also says
// when a target should be asked again soon, and to the board of providers,
// which says which credentials to ask with, and when money for probes is spent.
//
// Thread safety: every method may be called from any thread, Start() and Stop()
// once each, in this order.
class ProbeLoop {
 public:
  // `clock`, `random` (used on the loop's thread only), `scoreboard` and
  // `providers` outlive this.
  ProbeLoop(const Clock& clock, Random& random, std::unique_ptr<Prober> prober,
            Scoreboard& scoreboard, ProviderBoard& providers);
  // Stops if that has not been done.
  ~ProbeLoop();

  void Start();

  // Probes the targets in `resources` from now on. What already runs is
  // finished, and counts where its target has stayed.
  void SetResources(std::shared_ptr<const config::v1::Resources> resources);

  // Cancels what runs, waits for it, ends the thread. After this the scoreboard
  // hears nothing more.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_PROBE_LOOP_H_
