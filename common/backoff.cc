#include "common/backoff.h"

#include <algorithm>

#include "absl/time/time.h"

namespace weir {

absl::Duration Backoff::Next() {
  const absl::Duration delay = ceiling_ * random_.Uniform();
  ceiling_ = std::min(cap_, ceiling_ * 2);
  return delay;
}

}  // namespace weir
