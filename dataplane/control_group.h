// What the control group of this process may use: a container's limits.
#ifndef WEIR_DATAPLANE_CONTROL_GROUP_H_
#define WEIR_DATAPLANE_CONTROL_GROUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::dataplane {

struct ControlGroup {
  // Cores of the CPU quota, rounded up, at least 1. nullopt: no quota.
  std::optional<std::uint32_t> cores;
  // nullopt: as much as the machine has.
  std::optional<std::uint64_t> memory_bytes;
};

// Where a container sees its own control group.
inline constexpr char kControlGroupRoot[] = "/sys/fs/cgroup";

// Reads version 2 (`cpu.max`, `memory.max`), else version 1
// (`cpu/cpu.cfs_quota_us`, `cpu/cpu.cfs_period_us`,
// `memory/memory.limit_in_bytes`). What can't be read is no limit.
ControlGroup ReadControlGroup(const std::string& root = kControlGroupRoot);

// The cores of a quota and its period, rounded up: `150000 100000` is 2.
// nullopt for no quota (`max 100000` and `-1 100000`) and for anything else.
// Pure.
std::optional<std::uint32_t> CoresOfQuota(std::string_view quota_and_period);

// What a node that may use `memory` holds of requests and answers at most:
// half, since heads, connections and the process itself take their part, but
// never more than `whole`. Pure.
std::uint64_t BytesInFlightFor(std::optional<std::uint64_t> memory,
                               std::uint64_t whole);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_CONTROL_GROUP_H_
