#include "dataplane/target_totals.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "common/ids.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

std::uint64_t FailedIn(const AttemptCounts& attempts) {
  return attempts.endpoint_failures + attempts.credential_failures;
}

}  // namespace

void TargetTotals::NoteChange(Known& known) {
  if (std::exchange(known.changed, true)) return;
  changed_.push_back(&known);
}

void TargetTotals::Add(std::size_t worker, std::vector<TargetChange> changes) {
  for (TargetChange& change : changes) {
    std::unique_ptr<Known>& known = known_[change.id];
    if (known == nullptr) {
      known = std::make_unique<Known>();
      known->id = std::move(change.id);
    }
    if (known->of_worker.size() <= worker) known->of_worker.resize(worker + 1);
    TargetCounters& counters = known->of_worker[worker];
    const AttemptCounts& then = counters.attempts;
    const AttemptCounts& now = change.counters.attempts;
    attempts_.failed += FailedIn(now) - FailedIn(then);
    attempts_.ended +=
        now.successes + FailedIn(now) - then.successes - FailedIn(then);
    counters = std::move(change.counters);
    NoteChange(*known);
  }
}

void TargetTotals::Forget() {
  for (const auto& [id, known] : known_) NoteChange(*known);
}

void TargetTotals::TakeChanged(std::size_t most, const Tell& tell) {
  // Those that are left are told the next time, before later ones.
  const std::size_t end = std::min(most, changed_.size());
  for (std::size_t i = 0; i < end; ++i) {
    Known& known = *changed_[i];
    known.changed = false;
    if (known.of_worker.size() == 1) {
      tell(known.id, known.of_worker.front());
      continue;
    }
    TargetCounters sum;
    for (const TargetCounters& counters : known.of_worker) Merge(counters, sum);
    tell(known.id, sum);
  }
  changed_.erase(changed_.begin(),
                 changed_.begin() + static_cast<std::ptrdiff_t>(end));
}

}  // namespace weir::dataplane
