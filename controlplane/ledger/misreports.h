// Who says of tokens what can't be true.
#ifndef WEIR_CONTROLPLANE_LEDGER_MISREPORTS_H_
#define WEIR_CONTROLPLANE_LEDGER_MISREPORTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// Remembers each provider's model of which an answer's usage was negative, too
// high or no number, for ten minutes after the last one. Nodes have put an
// estimate in its place by then.
//
// Thread safety: every method may be called from any thread.
class Misreports {
 public:
  static constexpr absl::Duration kMemory = absl::Minutes(10);
  // Names are nodes' word, so there may be no end to them.
  static constexpr std::size_t kMost = 1000;

  struct Source {
    std::string provider;
    std::string upstream_model;

    friend auto operator<=>(const Source&, const Source&) = default;
  };

  // `clock` outlives this.
  explicit Misreports(const Clock& clock) : clock_(clock) {}

  // These are in the ledger now.
  void OnKept(const std::vector<UsageRow>& rows);

  // Those of the last ten minutes, by name.
  std::vector<Source> Sources() const;

 private:
  const Clock& clock_;
  mutable Mutex mutex_;
  // When each was heard of last.
  std::map<Source, absl::Time> heard_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_LEDGER_MISREPORTS_H_
