// The settings that all threads share, changed while they run.
#ifndef WEIR_TESTS_SIMPROVIDER_CONTROL_H_
#define WEIR_TESTS_SIMPROVIDER_CONTROL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "tests/simprovider/settings.h"

namespace weir::simprovider {

// Thread safety: every method may be called from any thread.
class Control {
 public:
  explicit Control(Settings initial);

  // Cheap to ask before each request; Current() is for when it has changed.
  std::uint64_t version() const {
    return version_.load(std::memory_order_acquire);
  }
  std::shared_ptr<const Settings> Current() const;

  // See MergeSettings().
  absl::Status Merge(std::string_view patch);

  // What is left of a rate limit after this request has been counted.
  struct Allowance {
    bool granted;
    std::int64_t remaining;
    absl::Duration until_reset;
  };
  Allowance Count(const RateLimit& limit, absl::Time now);

 private:
  const Settings initial_;
  std::atomic<std::uint64_t> version_ = 1;
  mutable Mutex mutex_;
  std::shared_ptr<const Settings> current_ ABSL_GUARDED_BY(mutex_);
  absl::Time window_end_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::int64_t counted_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_CONTROL_H_
