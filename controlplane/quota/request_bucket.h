// Requests of one small limit, which the control plane admits one by one.
#ifndef WEIR_CONTROLPLANE_QUOTA_REQUEST_BUCKET_H_
#define WEIR_CONTROLPLANE_QUOTA_REQUEST_BUCKET_H_

#include <algorithm>

#include "absl/time/time.h"

namespace weir::controlplane {

// As the buckets of nodes: it fills evenly and holds what comes in ten seconds,
// but one at least, and what comes of the next until somebody takes it. A new
// one holds what comes in a second, or one: nobody knows what was let through
// before.
//
// Reads no clock; not thread-safe.
class RequestBucket {
 public:
  // A minute; above 0.
  RequestBucket(double rate, absl::Time now)
      : per_second_(rate / 60), level_(std::max(1.0, rate / 60)), at_(now) {}

  // What is in it stays.
  void SetRate(double rate, absl::Time now) {
    Fill(now);
    per_second_ = rate / 60;
  }

  // False: there is none.
  bool Take(absl::Time now) {
    Fill(now);
    if (level_ < kWhole) return false;
    level_ -= 1;
    return true;
  }

  // How long there is none; zero where there is one.
  absl::Duration UntilNext(absl::Time now) {
    Fill(now);
    return level_ >= kWhole ? absl::ZeroDuration()
                            : absl::Seconds((1 - level_) / per_second_);
  }

 private:
  // One, but for what adding parts of it costs.
  static constexpr double kWhole = 1 - 1e-6;

  void Fill(absl::Time now) {
    const double came = absl::ToDoubleSeconds(now - at_) * per_second_;
    level_ = std::min(level_ + came, std::max(1.99, 10 * per_second_));
    at_ = now;
  }

  double per_second_;
  double level_;
  absl::Time at_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_QUOTA_REQUEST_BUCKET_H_
