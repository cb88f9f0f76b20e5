#include "dataplane/sync/snapshot_cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/read_file.h"
#include "dataplane/sync/stored_lanes.h"

namespace weir::dataplane {
namespace {

absl::Status Failed(absl::string_view step, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat(step, " ", path, ": ", std::strerror(errno)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status WriteAll(int fd, std::string_view content,
                      const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, std::string_view content) {
  // Hashes of client keys are inside: for this user's eyes.
  const Descriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return Failed("open", path);
  absl::Status status = WriteAll(file.get(), content, path);
  if (status.ok() && fsync(file.get()) != 0) status = Failed("fsync", path);
  return status;
}

std::string DirectoryOf(const std::string& path) {
  std::string directory = std::filesystem::path(path).parent_path().string();
  if (directory.empty()) directory.push_back('.');
  return directory;
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  const Descriptor opened(
      open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) return Failed("open", directory);
  if (fsync(opened.get()) != 0) return Failed("fsync", directory);
  return absl::OkStatus();
}

// A new name, over whatever had it; that there is no such file is no failure.
absl::Status RenameIfThere(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
    return Failed("rename", from);
  }
  return absl::OkStatus();
}

}  // namespace

SnapshotCache::Generations SnapshotCache::Load() const {
  Generations result;
  for (const std::string& path : {path_, path_ + ".1"}) {
    const absl::StatusOr<std::string> content = ReadFile(path);
    if (absl::IsNotFound(content.status())) continue;
    if (!content.ok()) {
      result.notes.emplace_back(content.status().message());
      continue;
    }
    absl::StatusOr<StoredLanes> lanes = DecodeLanes(*content);
    if (lanes.ok()) {
      result.whole.push_back(*std::move(lanes));
    } else {
      result.notes.push_back(
          absl::StrCat(path, ": ", lanes.status().message()));
    }
  }
  return result;
}

absl::Status SnapshotCache::Check() const {
  std::error_code ignored;
  if (std::filesystem::is_directory(path_, ignored)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": is a directory; name a file in it"));
  }
  if (std::filesystem::is_directory(DirectoryOf(path_), ignored)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      path_, ": there is no directory ", DirectoryOf(path_), "; make it"));
}

absl::Status SnapshotCache::Save(const StoredLanes& lanes) const {
  const std::string fresh = path_ + ".tmp";
  absl::Status status = WriteFile(fresh, EncodeLanes(lanes));
  if (!status.ok()) {
    // A half-written file on a full disk only makes it fuller.
    unlink(fresh.c_str());
    return status;
  }
  // Dying between the two leaves the previous generation alone, which Load()
  // falls back to.
  status = RenameIfThere(path_, path_ + ".1");
  if (!status.ok()) return status;
  if (rename(fresh.c_str(), path_.c_str()) != 0) return Failed("rename", fresh);
  return SyncDirectoryOf(path_);
}

}  // namespace weir::dataplane
