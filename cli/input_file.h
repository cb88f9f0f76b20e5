// What -f names.
#ifndef WEIR_CLI_INPUT_FILE_H_
#define WEIR_CLI_INPUT_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/io.h"

namespace weir::cli {

struct InputFile {
  // For messages: the path, or `standard input`.
  std::string name;
  std::string content;
};

// Reads the file at `path`, or `io.in` for `-`. INVALID_ARGUMENT with the
// reason when it can't be read, and above 16 MiB, which no resource file has.
absl::StatusOr<InputFile> ReadInput(const Io& io, const std::string& path);

}  // namespace weir::cli

#endif  // WEIR_CLI_INPUT_FILE_H_
