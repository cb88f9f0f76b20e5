// Secrets in memory stay in this process.
#ifndef WEIR_COMMON_OPS_PRIVATE_MEMORY_H_
#define WEIR_COMMON_OPS_PRIVATE_MEMORY_H_

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

namespace weir::ops {

enum class CoreDumps { kNever, kAllowed };

// The flag --core-dumps, which allows them.
CLI::Option* AddCoreDumps(CLI::App& app, CoreDumps& dumps);

// kNever: from now on this process leaves no core when it crashes, and no other
// process of its user may trace it or read its memory, for keys of providers
// and clients are in there. INTERNAL where the kernel refuses; then nothing is
// promised. kAllowed changes nothing.
absl::Status KeepMemoryPrivate(CoreDumps dumps);

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_PRIVATE_MEMORY_H_
