// --resources FILE: the registry follows a file.
#ifndef WEIR_CONTROLPLANE_REGISTRY_RESOURCE_FILE_H_
#define WEIR_CONTROLPLANE_REGISTRY_RESOURCE_FILE_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "controlplane/registry/registry.h"

namespace weir::controlplane {

// Keeps the registry equal to the sections that a file has. A file that can't
// be read or is refused changes nothing and is looked at again; each line of
// the reason is logged once.
//
// Looks at what the path leads to now, so symbolic links that are swapped (as
// Kubernetes does for a mounted ConfigMap) are changes like any other.
//
// Thread safety: every method may be called from any thread.
class ResourceFileFollower {
 public:
  // `registry` outlives this.
  ResourceFileFollower(std::string path, Registry& registry);

  // Call a few times a second. The first call reads the file; later ones only
  // when it has changed and held still from one call to the next, so that a
  // file being written isn't read half way. Returns whether the registry equals
  // the file as it was last read.
  absl::Status Poll();

  // What the last Poll() returned.
  absl::Status state() const;
  // Its lines, each with a place and what is wrong there.
  std::vector<std::string> problems() const;
  const std::string& path() const { return path_; }

 private:
  // Tells one state of a file from another without reading it.
  struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t modified_ns;
    std::int64_t changed_ns;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  absl::StatusOr<Stamp> Look() const;
  absl::Status Follow() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Read(const Stamp& stamp) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  Registry& registry_;

  mutable Mutex mutex_;
  bool looked_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Stamp> seen_ ABSL_GUARDED_BY(mutex_);
  std::optional<Stamp> applied_ ABSL_GUARDED_BY(mutex_);
  absl::Status state_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_RESOURCE_FILE_H_
