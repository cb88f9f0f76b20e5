#include "controlplane/ledger/misreports.h"

#include <map>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

void Misreports::OnKept(const std::vector<UsageRow>& rows) {
  const absl::Time now = clock_.Now();
  MutexLock lock(&mutex_);
  std::erase_if(heard_, [now](const auto& source) {
    return now - source.second >= kMemory;
  });
  for (const UsageRow& row : rows) {
    if (row.sums.unbelievable == 0) continue;
    const Source source{row.series.provider, row.series.upstream_model};
    if (heard_.size() < kMost || heard_.contains(source)) heard_[source] = now;
  }
}

std::vector<Misreports::Source> Misreports::Sources() const {
  const absl::Time now = clock_.Now();
  std::vector<Source> sources;
  MutexLock lock(&mutex_);
  for (const auto& [source, heard] : heard_) {
    if (now - heard < kMemory) sources.push_back(source);
  }
  return sources;
}

}  // namespace weir::controlplane
