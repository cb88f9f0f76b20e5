#include "dataplane/process_limits.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace weir::dataplane {
namespace {

// Where a container sees its own control group (version 2).
constexpr char kCpuMaxFile[] = "/sys/fs/cgroup/cpu.max";

std::uint32_t CoresOfAffinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

std::optional<std::uint32_t> CoresOfQuota(std::string_view cpu_max) {
  const std::vector<std::string> words =
      absl::StrSplit(absl::string_view(cpu_max.data(), cpu_max.size()),
                     absl::ByAnyChar(" \n"), absl::SkipEmpty());
  std::uint64_t quota = 0;
  std::uint64_t period = 0;
  if (words.size() != 2 || !absl::SimpleAtoi(words[0], &quota) ||
      !absl::SimpleAtoi(words[1], &period) || quota == 0 || period == 0) {
    return std::nullopt;
  }
  const std::uint64_t cores = quota / period + (quota % period != 0 ? 1 : 0);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(
      cores, std::numeric_limits<std::uint32_t>::max()));
}

std::uint32_t UsableCores() {
  std::ifstream file(kCpuMaxFile);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  const std::uint32_t cores = CoresOfAffinity();
  return std::min(cores, CoresOfQuota(content).value_or(cores));
}

std::uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace weir::dataplane
