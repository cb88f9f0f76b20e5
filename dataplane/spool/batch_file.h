// One batch of usage as a file.
#ifndef WEIR_DATAPLANE_SPOOL_BATCH_FILE_H_
#define WEIR_DATAPLANE_SPOOL_BATCH_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataplane/usage/encoded_batch.h"

namespace weir::dataplane {

struct StoredBatch : EncodedBatch {
  // Slots that this flush of the boot batched, or one before, are in a batch
  // up to this one.
  std::uint64_t through_flush = 0;

  friend bool operator==(const StoredBatch&, const StoredBatch&) = default;
};

// With a checksum over all of it.
std::string EncodeBatch(const StoredBatch& batch);
// FAILED_PRECONDITION where `content` is not just what EncodeBatch() made.
absl::StatusOr<StoredBatch> DecodeBatch(std::string_view content);

// Sorts as the number does.
std::string BatchFileName(std::uint64_t sequence);

// Replaces `path` as a whole: whoever reads it meanwhile, or after a crash,
// finds the old content or the new.
absl::Status ReplaceFile(const std::string& path, std::string_view content);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SPOOL_BATCH_FILE_H_
