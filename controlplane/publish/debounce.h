// When a series of changes is worth telling.
#ifndef WEIR_CONTROLPLANE_PUBLISH_DEBOUNCE_H_
#define WEIR_CONTROLPLANE_PUBLISH_DEBOUNCE_H_

#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {

// Waits until `quiet` has passed without a change, but never longer than `most`
// after the first one. Pure; not thread-safe.
class Debounce {
 public:
  // REQUIRES: 0 <= quiet <= most.
  Debounce(absl::Duration quiet, absl::Duration most)
      : quiet_(quiet), most_(most) {}

  void OnChange(absl::Time now) {
    if (!first_.has_value()) first_ = now;
    last_ = now;
  }

  // There were changes and now is the time.
  bool IsDue(absl::Time now) const {
    return first_.has_value() &&
           (now - last_ >= quiet_ || now - *first_ >= most_);
  }

  // The changes were told.
  void Reset() { first_.reset(); }

 private:
  const absl::Duration quiet_;
  const absl::Duration most_;
  std::optional<absl::Time> first_;
  absl::Time last_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_DEBOUNCE_H_
