// What workers route with, and what they did before.
#ifndef WEIR_DATAPLANE_PUBLISHED_SNAPSHOTS_H_
#define WEIR_DATAPLANE_PUBLISHED_SNAPSHOTS_H_

#include <memory>
#include <utility>
#include <vector>

#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Keeps the parts of every snapshot until nobody else does: to free a
// configuration of ten thousand targets takes milliseconds, which would be
// those of the requests on the worker that drops it last.
//
// Not thread-safe; the parts may be dropped on any thread.
class PublishedSnapshots {
 public:
  // The last that was published; empty before the first.
  const Snapshot& current() const { return current_; }

  void Publish(Snapshot snapshot) {
    const Snapshot old = std::exchange(current_, std::move(snapshot));
    Retire(old.config, current_.config);
    Retire(old.weights, current_.weights);
    Retire(old.usage_names, current_.usage_names);
    Retire(old.quotas, current_.quotas);
  }

  // Frees what only this holds. Call now and then.
  void FreeUnused() {
    std::erase_if(retired_,
                  [](const auto& part) { return part.use_count() == 1; });
  }

 private:
  template <typename Part>
  void Retire(const Part& old, const Part& current) {
    if (old != nullptr && old != current) retired_.push_back(old);
  }

  Snapshot current_;
  std::vector<std::shared_ptr<const void>> retired_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PUBLISHED_SNAPSHOTS_H_
