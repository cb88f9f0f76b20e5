// How many probes were made, how they went and how long they took.
#ifndef WEIR_CONTROLPLANE_PROBE_COUNTER_H_
#define WEIR_CONTROLPLANE_PROBE_COUNTER_H_

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/mutex.h"
#include "controlplane/probe/prober.h"

namespace weir::controlplane {

inline constexpr std::array<double, 8> kProbeSecondsBounds = {
    0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

// Of one provider, since the start.
struct ProbeCounts {
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  // Of both; the last one for everything above the bounds.
  std::array<std::uint64_t, kProbeSecondsBounds.size() + 1> seconds_buckets{};
  double seconds_sum = 0;
};

// Thread safety: every method may be called from any thread.
class ProbeCounter {
 public:
  void Add(const std::string& provider, const ProbeResult& result);
  std::map<std::string, ProbeCounts> Counts() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, ProbeCounts> counts_ ABSL_GUARDED_BY(mutex_);
};

// A prober that is counted.
class CountedProber final : public Prober {
 public:
  // `counter` outlives this.
  CountedProber(std::unique_ptr<Prober> prober, ProbeCounter& counter)
      : prober_(std::move(prober)), counter_(counter) {}

  boost::asio::awaitable<std::optional<ProbeAnswer>> Probe(
      ProbeTarget target) override;
  // Not a probe: it measures nothing.
  boost::asio::awaitable<CredentialAnswer> CheckCredential(
      std::shared_ptr<const config::v1::Provider> provider,
      std::uint32_t position) override;

 private:
  const std::unique_ptr<Prober> prober_;
  ProbeCounter& counter_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_COUNTER_H_
