// What the operating system gives this process.
#ifndef WEIR_DATAPLANE_PROCESS_LIMITS_H_
#define WEIR_DATAPLANE_PROCESS_LIMITS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dataplane {

// Cores that this process may use, at least 1: its affinity, cut by the CPU
// quota of its control group, rounded up.
std::uint32_t UsableCores();

// The cores of a control group's cpu.max, rounded up: `150000 100000` is 2.
// nullopt for no quota or no such file's content. Pure.
std::optional<std::uint32_t> CoresOfQuota(std::string_view cpu_max);

// Raises the limit of open files to what is allowed; returns it.
std::uint64_t RaiseDescriptorLimit();

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PROCESS_LIMITS_H_
