// What a file must be like before it is parsed into a tree.
#ifndef WEIR_COMMON_CONFIG_YAML_GUARD_H_
#define WEIR_COMMON_CONFIG_YAML_GUARD_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace weir::config {

inline constexpr std::size_t kMaxFileSize = 16 * 1024 * 1024;
// A tree of this many nodes takes about half a gigabyte.
inline constexpr std::size_t kMaxNodes = 1'000'000;
// Resources are at most eight levels deep.
inline constexpr int kMaxDepth = 32;

// Checks size, UTF-8, control characters, depth, number of nodes, tags and that
// there is one document at most, without building anything.
// INVALID_ARGUMENT with `file_name:line: what; fix` for the first problem, a
// YAML syntax error included.
absl::Status CheckYaml(const std::string& text, std::string_view file_name);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_YAML_GUARD_H_
