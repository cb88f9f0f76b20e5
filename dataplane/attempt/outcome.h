// What an attempt's end means for its target and its credential.
#ifndef WEIR_DATAPLANE_ATTEMPT_OUTCOME_H_
#define WEIR_DATAPLANE_ATTEMPT_OUTCOME_H_

#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/live_state.h"

namespace weir::dataplane {

// One attempt's place among those in flight; given back on destruction.
class InFlight {
 public:
  explicit InFlight(TargetLive& target) : target_(&target) {
    ++target.counters.in_flight;
    target.NoteChange();
  }
  ~InFlight() {
    if (target_ != nullptr) --target_->counters.in_flight;
  }
  InFlight(InFlight&& other) noexcept
      : target_(std::exchange(other.target_, nullptr)) {}
  InFlight& operator=(InFlight&&) = delete;

 private:
  TargetLive* target_;
};

// Whether the control plane should hear of it at once: a breaker changed, or a
// run of failures began or ended.
enum class News { kNo, kYes };

// What an attempt was made with. Not owned.
struct Asked {
  TargetLive& target;
  ProviderLive& provider;
  // Position in Provider.credentials.
  std::uint32_t credential;
};

// An answer has begun that will end by one of the following. `latency`: to the
// answer, or to a stream's first event.
News RecordBegin(const Asked& asked, absl::Duration latency);

// An answer has come whole.
News RecordSuccess(const Asked& asked, absl::Time now);

// The provider did its part; the client's request was wrong.
News RecordClientError(const Asked& asked);

News RecordFailure(const Asked& asked, const Failure& failure, absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_OUTCOME_H_
