#include "common/read_file.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace weir {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

absl::Status Failed(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(message)
                         : absl::UnavailableError(message);
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failed(path, errno);
  std::string content;
  std::array<char, kPieceBytes> piece{};
  ssize_t got = 0;
  int error = 0;
  do {
    got = read(file, piece.data(), piece.size());
    if (got > 0) content.append(piece.data(), static_cast<std::size_t>(got));
    error = got < 0 ? errno : 0;
  } while (got > 0 || error == EINTR);
  close(file);
  if (error != 0) return Failed(path, error);
  return content;
}

}  // namespace weir
