// Usage in memory, by a store that can be told to fail.
#ifndef WEIR_TESTS_CONTROLPLANE_FAKE_USAGE_STORE_H_
#define WEIR_TESTS_CONTROLPLANE_FAKE_USAGE_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/store/usage_store.h"

namespace weir::controlplane {

// Rows are kept as they come; nothing is added up.
class FakeUsageStore final : public UsageStore {
 public:
  absl::StatusOr<std::vector<KeptBatch>> Keep(
      const std::vector<UsageBatch>& batches, absl::Time) override {
    MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    std::vector<KeptBatch> kept;
    for (const UsageBatch& batch : batches) {
      std::uint64_t& last = last_[batch.boot_id];
      KeptBatch& one = kept.emplace_back();
      if (batch.sequence <= last) continue;
      one.is_new = true;
      if (last > 0) one.missing = batch.sequence - last - 1;
      last = batch.sequence;
      rows_.insert(rows_.end(), batch.rows.begin(), batch.rows.end());
    }
    return kept;
  }

  absl::Status Read(
      absl::Time since, absl::Time until,
      const std::function<void(const UsageRow&)>& visit) override {
    MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    for (const UsageRow& row : rows_) {
      if (row.begin >= since && row.begin < until) visit(row);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> RollUp(const RollUpStep&) override { return false; }
  absl::Status ForgetBoots(absl::Time) override { return absl::OkStatus(); }

  absl::StatusOr<std::vector<StoredPrice>> LoadPrices() override {
    MutexLock lock(&mutex_);
    return prices_;
  }

  absl::Status SavePrices(const std::vector<StoredPrice>& prices) override {
    MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    prices_.insert(prices_.end(), prices.begin(), prices.end());
    return absl::OkStatus();
  }

  // Everything but LoadPrices() fails with this from now on; OK: works again.
  void FailWith(absl::Status failure) {
    MutexLock lock(&mutex_);
    failure_ = std::move(failure);
  }

  std::vector<UsageRow> rows() const {
    MutexLock lock(&mutex_);
    return rows_;
  }

 private:
  mutable Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::uint64_t> last_ ABSL_GUARDED_BY(mutex_);
  std::vector<UsageRow> rows_ ABSL_GUARDED_BY(mutex_);
  std::vector<StoredPrice> prices_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_FAKE_USAGE_STORE_H_
