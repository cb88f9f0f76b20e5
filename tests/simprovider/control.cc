#include "tests/simprovider/control.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "tests/simprovider/settings_json.h"

namespace weir::simprovider {

Control::Control(Settings initial)
    : initial_(std::move(initial)),
      current_(std::make_shared<const Settings>(initial_)) {}

std::shared_ptr<const Settings> Control::Current() const {
  MutexLock lock(&mutex_);
  return current_;
}

absl::Status Control::Merge(std::string_view patch) {
  MutexLock lock(&mutex_);
  absl::StatusOr<Settings> merged = MergeSettings(*current_, initial_, patch);
  if (!merged.ok()) return merged.status();
  current_ = std::make_shared<const Settings>(*std::move(merged));
  window_end_ = absl::InfinitePast();
  version_.fetch_add(1, std::memory_order_release);
  return absl::OkStatus();
}

Control::Allowance Control::Count(const RateLimit& limit, absl::Time now) {
  MutexLock lock(&mutex_);
  if (now >= window_end_) {
    window_end_ = now + limit.window;
    counted_ = 0;
  }
  ++counted_;
  return {.granted = counted_ <= limit.requests,
          .remaining = std::max<std::int64_t>(0, limit.requests - counted_),
          .until_reset = window_end_ - now};
}

}  // namespace weir::simprovider
