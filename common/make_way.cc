#include "common/make_way.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"

namespace weir {
namespace {

// sched_setattr(2), for which the C library has neither function nor type.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  // Of an ordinary thread: its slice; 0: as it comes.
  std::uint64_t runtime_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

// Weighs a third of an ordinary thread.
constexpr int kNicer = 5;
constexpr int kNicest = 19;
// The shortest slice there is.
constexpr std::uint64_t kShortTurnNs = 100'000;

absl::Status Set(SchedulingAttributes attributes, int nicer) {
  errno = 0;
  const int own = getpriority(PRIO_PROCESS, 0);
  if (errno != 0) return absl::ErrnoToStatus(errno, "getpriority()");
  attributes.nice = std::min(own + nicer, kNicest);
  if (syscall(SYS_sched_setattr, 0, &attributes, 0) != 0) {
    return absl::ErrnoToStatus(errno, "sched_setattr()");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MakeWay() { return Set({.policy = SCHED_BATCH}, kNicer); }

absl::Status TakeShortTurns() { return Set({.runtime_ns = kShortTurnNs}, 0); }

}  // namespace weir
