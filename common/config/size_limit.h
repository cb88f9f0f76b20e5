// How large all resources together may be.
#ifndef WEIR_COMMON_CONFIG_SIZE_LIMIT_H_
#define WEIR_COMMON_CONFIG_SIZE_LIMIT_H_

#include <cstddef>

namespace weir::config {

// What a gRPC message may have that carries them: to the control plane, to its
// nodes and back to weirctl. gRPC's own limit, 4 MiB, is ten thousand client
// keys' worth.
inline constexpr int kMaxMessageBytes = 64 << 20;

// Serialized, with room for what a message holds besides.
inline constexpr std::size_t kMaxResourceBytes = 60 << 20;

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_SIZE_LIMIT_H_
