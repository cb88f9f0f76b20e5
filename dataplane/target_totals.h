// What a node has seen of targets, put together from what its workers say.
#ifndef WEIR_DATAPLANE_TARGET_TOTALS_H_
#define WEIR_DATAPLANE_TARGET_TOTALS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/ids.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// Workers say what changed, and so does the node to the control plane: what
// nothing happened to costs nobody anything. Counts are cumulative all the way,
// so what is told twice does no harm.
//
// Pure; not thread-safe.
class TargetTotals {
 public:
  // Of all targets and workers since the node's start.
  struct Attempts {
    // Ended with an answer, or failed.
    std::uint64_t ended = 0;
    // By the endpoint's or the credential's doing.
    std::uint64_t failed = 0;
  };
  using Tell = std::function<void(const TargetId&, const TargetCounters&)>;

  // A worker's, by its place among them; each in the order in which it said it.
  void Add(std::size_t worker, std::vector<TargetChange> changes);

  // Who is told knows nothing yet: all of them have changed for it.
  void Forget();

  // Calls `tell` with the sums of those that changed since they were told last,
  // at most `most` of them.
  void TakeChanged(std::size_t most, const Tell& tell);

  const Attempts& attempts() const { return attempts_; }

 private:
  struct Known {
    TargetId id;
    // By worker, as far as they used it.
    std::vector<TargetCounters> of_worker;
    bool changed = false;
  };

  void NoteChange(Known& known);

  absl::flat_hash_map<TargetId, std::unique_ptr<Known>> known_;
  std::vector<Known*> changed_;
  Attempts attempts_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TARGET_TOTALS_H_
