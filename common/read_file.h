// A file's content, or why there is none.
#ifndef WEIR_COMMON_READ_FILE_H_
#define WEIR_COMMON_READ_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace weir {

// All of it. NOT_FOUND: there is no such file. UNAVAILABLE: it can't be read,
// be it a directory or on a disk that fails, where a std::ifstream's iterators
// throw. The message is the path and the system's reason. Blocks on the disk.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace weir

#endif  // WEIR_COMMON_READ_FILE_H_
