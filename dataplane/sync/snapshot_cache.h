// The file that a node boots from when there is no control plane.
//
// Layout, little endian: 8 bytes of magic, 4 of format version, 8 of payload
// size, 32 of the payload's SHA-256, payload. Not a protobuf message: those
// read torn files as shorter messages.
#ifndef WEIR_DATAPLANE_SYNC_SNAPSHOT_CACHE_H_
#define WEIR_DATAPLANE_SYNC_SNAPSHOT_CACHE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/sync/stored_lanes.h"

namespace weir::dataplane {

// The file's content for `lanes`, and back. DATA_LOSS: the bytes are not
// exactly what some Encode() of this version gave: torn, changed, trailing
// bytes. UNIMPLEMENTED: written in a newer format.
std::string EncodeLanes(const StoredLanes& lanes);
absl::StatusOr<StoredLanes> DecodeLanes(std::string_view content);

// One file and its previous generation, `path`.1. Whatever moment the process
// or the machine dies in, one of them is whole: the new file is complete on
// disk before it gets its name.
//
// Blocks on the disk. Not thread-safe.
class SnapshotCache {
 public:
  explicit SnapshotCache(std::string path) : path_(std::move(path)) {}

  // FAILED_PRECONDITION where there never can be such a file: the path is a
  // directory, or in one that is not there. A disk that is full or read-only is
  // no reason not to start.
  absl::Status Check() const;

  // Every generation that is whole, newest first, and a note for each file that
  // is there and is not.
  struct Generations {
    std::vector<StoredLanes> whole;
    std::vector<std::string> notes;
  };
  Generations Load() const;

  // The old file becomes the previous generation. UNAVAILABLE with the step
  // and the reason; the old generations are then still there.
  absl::Status Save(const StoredLanes& lanes) const;

 private:
  const std::string path_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_SNAPSHOT_CACHE_H_
