#include "common/file_watch.h"

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace weir {
namespace {

std::int64_t Nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::optional<FileFingerprint> FingerprintOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileFingerprint{status.st_dev, status.st_ino, status.st_size,
                         Nanoseconds(status.st_mtim),
                         Nanoseconds(status.st_ctim)};
}

void FileWatch::Watch(const std::set<std::string>& paths) {
  seen_.clear();
  for (const std::string& path : paths) seen_[path] = FingerprintOf(path);
}

bool FileWatch::Changed() {
  bool changed = false;
  for (auto& [path, seen] : seen_) {
    std::optional<FileFingerprint> now = FingerprintOf(path);
    if (now == seen) continue;
    seen = now;
    changed = true;
  }
  return changed;
}

}  // namespace weir
