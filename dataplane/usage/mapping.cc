#include "dataplane/usage/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace weir::dataplane {
namespace {

absl::Status Failed(absl::string_view step, const std::string& path,
                    int error) {
  return absl::UnavailableError(
      absl::StrCat(step, " ", path, ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<Mapping> Mapping::Anonymous(std::size_t bytes) {
  void* const data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) return Failed("map", "memory", errno);
  return Mapping(static_cast<std::byte*>(data), bytes);
}

absl::StatusOr<Mapping> Mapping::Create(const std::string& path,
                                        std::size_t bytes) {
  const int fd =
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Failed("create", path, errno);
  const int error = posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (error != 0) {
    close(fd);
    unlink(path.c_str());
    return Failed("allocate", path, error);
  }
  return OfDescriptor(fd, bytes, path);
}

absl::StatusOr<Mapping> Mapping::Open(const std::string& path,
                                      std::size_t at_least) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return Failed("open", path, errno);
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<std::size_t>(status.st_size) < at_least) {
    close(fd);
    return absl::FailedPreconditionError(absl::StrCat(path, " is cut short"));
  }
  return OfDescriptor(fd, static_cast<std::size_t>(status.st_size), path);
}

absl::StatusOr<Mapping> Mapping::OfDescriptor(int fd, std::size_t bytes,
                                              const std::string& path) {
  void* const data =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const int error = errno;
  close(fd);
  if (data == MAP_FAILED) return Failed("map", path, error);
  return Mapping(static_cast<std::byte*>(data), bytes);
}

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, size_);
}

absl::Status Mapping::Sync() const {
  if (msync(data_, size_, MS_SYNC) == 0) return absl::OkStatus();
  return Failed("sync", "mapped memory", errno);
}

}  // namespace weir::dataplane
