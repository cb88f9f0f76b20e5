#include "controlplane/probe_counter.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"

namespace weir::controlplane {

void ProbeCounter::Add(const std::string& provider, const ProbeResult& result) {
  const double seconds = absl::ToDoubleSeconds(result.latency);
  const auto bucket = std::lower_bound(kProbeSecondsBounds.begin(),
                                       kProbeSecondsBounds.end(), seconds) -
                      kProbeSecondsBounds.begin();
  MutexLock lock(&mutex_);
  ProbeCounts& counts = counts_[provider];
  ++(result.status.ok() ? counts.successes : counts.failures);
  ++counts.seconds_buckets[static_cast<std::size_t>(bucket)];
  counts.seconds_sum += seconds;
}

std::map<std::string, ProbeCounts> ProbeCounter::Counts() const {
  MutexLock lock(&mutex_);
  return counts_;
}

boost::asio::awaitable<std::optional<ProbeAnswer>> CountedProber::Probe(
    ProbeTarget target) {
  const std::string provider = target.provider->name();
  std::optional<ProbeAnswer> answer =
      co_await prober_->Probe(std::move(target));
  if (answer.has_value()) counter_.Add(provider, answer->result);
  co_return answer;
}

boost::asio::awaitable<CredentialAnswer> CountedProber::CheckCredential(
    std::shared_ptr<const config::v1::Provider> provider,
    std::uint32_t position) {
  return prober_->CheckCredential(std::move(provider), position);
}

}  // namespace weir::controlplane
