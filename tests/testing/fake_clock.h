// A clock whose hands the test turns.
#ifndef WEIR_TESTS_TESTING_FAKE_CLOCK_H_
#define WEIR_TESTS_TESTING_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "common/clock.h"

namespace weir::testing {

// Stands still until Advance(). Both hands start at different, arbitrary and
// fixed times, so that code which mixes them up fails its tests.
//
// Thread safety: every method may be called from any thread.
class FakeClock final : public Clock {
 public:
  absl::Time Now() const override {
    return absl::FromUnixSeconds(1'000'000) +
           absl::Nanoseconds(monotonic_.load());
  }
  absl::Time RoughNow() const override { return Now(); }
  absl::Time WallNow() const override {
    return absl::FromUnixSeconds(1'700'000'000) +
           absl::Nanoseconds(wall_.load());
  }

  // Time passes on both hands. REQUIRES: by >= 0.
  void Advance(absl::Duration by) {
    monotonic_ += absl::ToInt64Nanoseconds(by);
    wall_ += absl::ToInt64Nanoseconds(by);
  }

  // Somebody sets the machine's clock; only WallNow() sees it.
  void JumpWall(absl::Duration by) { wall_ += absl::ToInt64Nanoseconds(by); }

 private:
  std::atomic<std::int64_t> monotonic_{0};
  std::atomic<std::int64_t> wall_{0};
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_FAKE_CLOCK_H_
