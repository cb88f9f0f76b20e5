// What the operating system gives this process.
#ifndef WEIR_DATAPLANE_PROCESS_LIMITS_H_
#define WEIR_DATAPLANE_PROCESS_LIMITS_H_

#include <cstdint>

#include "dataplane/control_group.h"

namespace weir::dataplane {

// Cores that this process may use, at least 1: its affinity, cut by the CPU
// quota of its control group.
std::uint32_t UsableCores(const ControlGroup& group);

// Raises the limit of open files to what is allowed; returns it.
std::uint64_t RaiseDescriptorLimit();

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PROCESS_LIMITS_H_
