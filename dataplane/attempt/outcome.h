// What an attempt's end means for its target.
#ifndef WEIR_DATAPLANE_ATTEMPT_OUTCOME_H_
#define WEIR_DATAPLANE_ATTEMPT_OUTCOME_H_

#include <cstddef>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/live_state.h"

namespace weir::dataplane {

// One attempt's place among those in flight; given back on destruction.
class InFlight {
 public:
  InFlight(TargetLive& target, ProviderLive& provider)
      : target_(&target), provider_(&provider) {
    ++target.counters.in_flight;
    ++provider.in_flight;
  }
  ~InFlight() {
    if (target_ == nullptr) return;
    --target_->counters.in_flight;
    --provider_->in_flight;
  }
  InFlight(InFlight&& other) noexcept
      : target_(std::exchange(other.target_, nullptr)),
        provider_(other.provider_) {}
  InFlight& operator=(InFlight&&) = delete;

 private:
  TargetLive* target_;
  ProviderLive* provider_;
};

// Whether the control plane should hear of it at once: a breaker changed, or a
// run of failures began or ended.
enum class News { kNo, kYes };

// `latency`: to the answer, or to a stream's first event.
News RecordSuccess(TargetLive& target, absl::Duration latency, absl::Time now);

// The provider did its part; the client's request was wrong.
News RecordClientError(TargetLive& target);

// `credential` is the index of the one that was used.
News RecordFailure(TargetLive& target, ProviderLive& provider,
                   std::size_t credential, const Failure& failure,
                   absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_OUTCOME_H_
