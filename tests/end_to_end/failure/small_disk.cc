#include "tests/end_to_end/failure/small_disk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {

SmallDisk::SmallDisk(std::filesystem::path folder, std::size_t bytes)
    : folder_(std::move(folder)) {
  if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0,
              absl::StrCat("size=", bytes).c_str()) != 0) {
    status_ = absl::ErrnoToStatus(errno, folder_.string());
    return;
  }
  ::setenv("TMPDIR", folder_.c_str(), 1);
}

SmallDisk::~SmallDisk() {
  ::unsetenv("TMPDIR");
  Free();
  if (status_.ok()) ::umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::Fill() {
  if (filler_ < 0) {
    filler_ = ::open((folder_ / "filler").c_str(),
                     O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  }
  for (std::size_t block = std::size_t{1} << 20; block > 0; block /= 16) {
    const std::string zeros(block, '\0');
    while (::write(filler_, zeros.data(), zeros.size()) > 0) {
    }
  }
}

void SmallDisk::Free() {
  if (filler_ < 0) return;
  ::close(std::exchange(filler_, -1));
  std::filesystem::remove(folder_ / "filler");
}

}  // namespace weir::testing
