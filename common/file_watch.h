// Notices that files changed.
#ifndef WEIR_COMMON_FILE_WATCH_H_
#define WEIR_COMMON_FILE_WATCH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace weir {

// What tells one content of a file from another without reading it: the inode
// behind all symbolic links (Kubernetes swaps a link to rotate a secret), and
// its size and times.
struct FileFingerprint {
  std::uint64_t device;
  std::uint64_t inode;
  std::int64_t size;
  std::int64_t modified_ns;
  std::int64_t status_changed_ns;

  friend bool operator==(const FileFingerprint&,
                         const FileFingerprint&) = default;
};

// nullopt where there is no such file, or none that may be looked at.
std::optional<FileFingerprint> FingerprintOf(const std::string& path);

// A set of paths, looked at when asked. Not inotify: that does not see through
// network file systems and links to elsewhere, and a stat every few seconds is
// free.
//
// Not thread-safe.
class FileWatch {
 public:
  // Watches `paths` and no others from now on. Call it before the files are
  // read, so that a change in between is noticed.
  void Watch(const std::set<std::string>& paths);

  // Whether any of them changed, came or went since Watch() or the last call.
  bool Changed();

 private:
  std::map<std::string, std::optional<FileFingerprint>> seen_;
};

}  // namespace weir

#endif  // WEIR_COMMON_FILE_WATCH_H_
