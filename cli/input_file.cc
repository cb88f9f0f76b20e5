#include "cli/input_file.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <istream>
#include <string>

#include "absl/status/status.h"

namespace weir::cli {
namespace {

constexpr std::size_t kMaxInput = 16 * 1024 * 1024;

absl::Status CannotRead(const std::string& name, const std::string& why) {
  return absl::InvalidArgumentError("cannot read " + name + ": " + why +
                                    "; check the path after -f");
}

absl::StatusOr<InputFile> ReadStream(std::istream& in,
                                     const std::string& name) {
  InputFile file{name, std::string(kMaxInput + 1, '\0')};
  in.read(file.content.data(), static_cast<std::streamsize>(kMaxInput + 1));
  // A directory opens and then does not read.
  if (in.bad()) return CannotRead(name, std::strerror(errno));
  file.content.resize(static_cast<std::size_t>(in.gcount()));
  if (file.content.size() > kMaxInput) {
    return CannotRead(name, "it is larger than 16 MiB");
  }
  return file;
}

}  // namespace

absl::StatusOr<InputFile> ReadInput(const Io& io, const std::string& path) {
  if (path == "-") return ReadStream(io.in, "standard input");
  std::ifstream in(path, std::ios::binary);
  if (!in) return CannotRead(path, std::strerror(errno));
  return ReadStream(in, path);
}

}  // namespace weir::cli
