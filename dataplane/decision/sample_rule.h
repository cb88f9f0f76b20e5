// Which of the requests that went well are remembered.
#ifndef WEIR_DATAPLANE_DECISION_SAMPLE_RULE_H_
#define WEIR_DATAPLANE_DECISION_SAMPLE_RULE_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace weir::dataplane {

// One in N, where N is what would have made kPerSecond samples of the second
// before: a worker with less traffic than that keeps everything. A sudden crowd
// gives at most kAtMost in its first second.
//
// Pure; not thread-safe.
class SampleRule {
 public:
  static constexpr std::uint64_t kPerSecond = 20;
  static constexpr std::uint64_t kAtMost = 3 * kPerSecond;

  bool Keep(absl::Time now) {
    if (now >= second_ends_) BeginSecond(now);
    const bool keep = seen_++ % one_in_ == 0 && kept_ < kAtMost;
    kept_ += keep ? 1 : 0;
    return keep;
  }

 private:
  void BeginSecond(absl::Time now) {
    // What was before a pause says nothing of what comes.
    const bool idle = now >= second_ends_ + absl::Seconds(1);
    one_in_ = idle ? 1
                   : std::max<std::uint64_t>(
                         1, (seen_ + kPerSecond - 1) / kPerSecond);
    second_ends_ = now + absl::Seconds(1);
    seen_ = 0;
    kept_ = 0;
  }

  absl::Time second_ends_ = absl::InfinitePast();
  std::uint64_t one_in_ = 1;
  std::uint64_t seen_ = 0;
  std::uint64_t kept_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DECISION_SAMPLE_RULE_H_
