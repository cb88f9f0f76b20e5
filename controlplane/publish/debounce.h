// When a series of changes is worth telling.
#ifndef WEIR_CONTROLPLANE_PUBLISH_DEBOUNCE_H_
#define WEIR_CONTROLPLANE_PUBLISH_DEBOUNCE_H_

#include <optional>

#include "absl/time/time.h"

namespace weir::controlplane {

// Waits until `quiet` has passed without a change, but never longer than `most`
// after the first one. What is urgent waits for nothing, unless something was
// told less than `quiet` ago: many urgent changes in a row are told together,
// too. Pure; not thread-safe.
class Debounce {
 public:
  // REQUIRES: 0 <= quiet <= most.
  Debounce(absl::Duration quiet, absl::Duration most)
      : quiet_(quiet), most_(most) {}

  void OnChange(absl::Time now) {
    if (!first_.has_value()) first_ = now;
    last_ = now;
  }

  void OnUrgentChange(absl::Time now) {
    OnChange(now);
    urgent_ = true;
  }

  // There were changes and now is the time.
  bool IsDue(absl::Time now) const {
    if (!first_.has_value()) return false;
    return now - last_ >= quiet_ || now - *first_ >= most_ ||
           (urgent_ && now - told_ >= quiet_);
  }

  // The changes are told now.
  void Reset(absl::Time now) {
    first_.reset();
    urgent_ = false;
    told_ = now;
  }

 private:
  const absl::Duration quiet_;
  const absl::Duration most_;
  std::optional<absl::Time> first_;
  absl::Time last_;
  bool urgent_ = false;
  absl::Time told_ = absl::InfinitePast();
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_DEBOUNCE_H_
