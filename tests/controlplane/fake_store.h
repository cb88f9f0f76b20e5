// A store in memory that can be told to fail.
#ifndef WEIR_TESTS_CONTROLPLANE_FAKE_STORE_H_
#define WEIR_TESTS_CONTROLPLANE_FAKE_STORE_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "controlplane/store/journal.h"
#include "controlplane/store/store.h"
#include "tests/controlplane/fake_usage_store.h"

namespace weir::controlplane {

class FakeStore final : public Store {
 public:
  absl::StatusOr<StoredResources> Load() override {
    MutexLock lock(&mutex_);
    return stored_;
  }

  absl::Status Save(const StoredResources& next) override {
    MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    if (next.revision != stored_.revision + 1) {
      return absl::AbortedError("revision does not follow");
    }
    stored_ = next;
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> BeginEpoch(std::uint64_t floor) override {
    MutexLock lock(&mutex_);
    return epoch_ = std::max(epoch_ + 1, floor);
  }

  absl::StatusOr<Journal> LoadJournal() override {
    MutexLock lock(&mutex_);
    return journal_;
  }

  absl::Status SaveJournal(const JournalUpdate& update) override {
    MutexLock lock(&mutex_);
    if (!failure_.ok()) return failure_;
    if (update.group_switch) journal_.group_switch = update.group_switch;
    if (update.rollout) journal_.rollout = update.rollout;
    if (update.alerts) journal_.alerts = *update.alerts;
    if (update.probe_spending) {
      journal_.probe_spending = *update.probe_spending;
    }
    if (update.messages) journal_.messages = *update.messages;
    for (const Event& event : update.events) journal_.events.push_back(event);
    std::erase_if(journal_.events, [&](const Event& event) {
      return event.id < update.first_kept_event;
    });
    return absl::OkStatus();
  }

  FakeUsageStore& usage() override { return usage_; }

  // Saving fails with this from now on; OK: works again.
  void FailWith(absl::Status failure) {
    MutexLock lock(&mutex_);
    failure_ = std::move(failure);
  }

 private:
  FakeUsageStore usage_;
  Mutex mutex_;
  StoredResources stored_ ABSL_GUARDED_BY(mutex_);
  Journal journal_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_FAKE_STORE_H_
