#include "dataplane/process_limits.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>

#include "dataplane/control_group.h"

namespace weir::dataplane {
namespace {

std::uint32_t CoresOfAffinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

std::uint32_t UsableCores(const ControlGroup& group) {
  const std::uint32_t cores = CoresOfAffinity();
  return std::min(cores, group.cores.value_or(cores));
}

std::uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace weir::dataplane
