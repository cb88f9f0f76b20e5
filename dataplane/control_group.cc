#include "dataplane/control_group.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/read_file.h"

namespace weir::dataplane {
namespace {

// Empty where there is no such file.
std::string Content(const std::string& path) {
  return ReadFile(path).value_or("");
}

std::optional<std::uint64_t> BytesOf(const std::string& content) {
  std::uint64_t bytes = 0;
  if (!absl::SimpleAtoi(content, &bytes) || bytes == 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<std::uint32_t> CoresOfQuota(std::string_view quota_and_period) {
  const std::vector<std::string> words = absl::StrSplit(
      absl::string_view(quota_and_period.data(), quota_and_period.size()),
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

ControlGroup ReadControlGroup(const std::string& root) {
  ControlGroup group;
  const std::string cpu_max = Content(root + "/cpu.max");
  group.cores = CoresOfQuota(
      !cpu_max.empty() ? cpu_max
                       : Content(root + "/cpu/cpu.cfs_quota_us") +
                             Content(root + "/cpu/cpu.cfs_period_us"));
  const std::string memory_max = Content(root + "/memory.max");
  group.memory_bytes = BytesOf(
      !memory_max.empty() ? memory_max
                          : Content(root + "/memory/memory.limit_in_bytes"));
  return group;
}

std::uint64_t BytesInFlightFor(std::optional<std::uint64_t> memory,
                               std::uint64_t whole) {
  return memory.has_value() ? std::min(whole, *memory / 2) : whole;
}

}  // namespace weir::dataplane
