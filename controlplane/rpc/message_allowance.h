// How much a peer may say.
#ifndef WEIR_CONTROLPLANE_RPC_MESSAGE_ALLOWANCE_H_
#define WEIR_CONTROLPLANE_RPC_MESSAGE_ALLOWANCE_H_

#include <algorithm>

#include "absl/time/time.h"

namespace weir::controlplane {

// A node sends about two reports and at most four acknowledgements a second;
// five times that much, and a hundred at once, is a broken or hostile peer.
//
// Pure; not thread-safe.
class MessageAllowance {
 public:
  static constexpr double kPerSecond = 30;
  static constexpr double kAtOnce = 100;

  explicit MessageAllowance(absl::Time now) : last_(now) {}

  // Takes one message's worth; false: there is none left.
  bool Take(absl::Time now) {
    left_ = std::min(kAtOnce,
                     left_ + absl::ToDoubleSeconds(now - last_) * kPerSecond);
    last_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double left_ = kAtOnce;
  absl::Time last_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_MESSAGE_ALLOWANCE_H_
