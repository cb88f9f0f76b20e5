// Keeps a leader that was replaced from writing.
#ifndef WEIR_CONTROLPLANE_STORE_FENCE_H_
#define WEIR_CONTROLPLANE_STORE_FENCE_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controlplane/store/database.h"

namespace weir::controlplane {

// The epoch that this process leads with, checked inside of each transaction
// that writes: a process that slept through the end of its leadership finds out
// before it changes anything.
//
// Thread safety: every method may be called from any thread, with a connection
// that nobody else uses meanwhile.
class Fence {
 public:
  // As Store::BeginEpoch(). Writes are fenced by the epoch from now on.
  absl::StatusOr<std::uint64_t> Begin(Database& database, std::uint64_t floor);
  // The same where `database` is in a transaction already, which must be
  // followed by Set() when it was kept.
  static absl::StatusOr<std::uint64_t> NextEpoch(Database& database,
                                                 std::uint64_t floor);
  void Set(std::uint64_t epoch) { epoch_ = epoch; }

  // As Database::Transact(); FAILED_PRECONDITION when another epoch began since
  // ours. Nobody can begin one before the transaction has ended.
  absl::Status Transact(Database& database,
                        const std::function<absl::Status()>& body) const;

 private:
  absl::Status Check(Database& database) const;

  // 0: none began here.
  std::atomic<std::uint64_t> epoch_{0};
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_FENCE_H_
