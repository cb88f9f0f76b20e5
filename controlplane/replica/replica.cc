#include "controlplane/replica/replica.h"

#include <spdlog/spdlog.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "controlplane/lease_watch.h"
#include "controlplane/replica/leadership.h"
#include "controlplane/store/lease.h"

namespace weir::controlplane {

Replica::Replica(LeaseStore& lease, ReplicaOptions options, Duties duties,
                 LeaseWatch& watch, const SystemClock& clock)
    : lease_(lease),
      options_(std::move(options)),
      duties_(std::move(duties)),
      watch_(watch),
      clock_(clock) {}

void Replica::Start(std::unique_ptr<Duty> follower) {
  duty_ = std::move(follower);
  thread_ = std::thread([this] { Run(); });
}

void Replica::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  changed_.SignalAll();
  if (thread_.joinable()) thread_.join();
  duty_.reset();
  if (!std::exchange(standing_, {}).leads.has_value()) return;
  // What it does not hear, it finds out when the term is over.
  lease_.Resign(options_.holder).IgnoreError();
}

void Replica::Run() {
  for (;;) {
    const absl::Time next = clock_.Now() + options_.interval;
    Look();
    MutexLock lock(&mutex_);
    while (!stopping_ && clock_.Now() < next) {
      changed_.WaitFor(&mutex_, next - clock_.Now());
    }
    if (stopping_) return;
  }
}

void Replica::Look() {
  // Seconds since 1970 make epochs grow even when an old copy of the database
  // is restored, which nodes would otherwise refuse to follow.
  const absl::StatusOr<Lease> seen = lease_.Campaign(
      {options_.holder, options_.address, options_.term,
       static_cast<std::uint64_t>(absl::ToUnixSeconds(clock_.WallNow()))});
  watch_.Note(seen.status());
  if (seen.ok() == lease_failed_) {
    lease_failed_ = !seen.ok();
    if (lease_failed_) {
      spdlog::warn("the leader's lease can't be renewed or read: {}",
                   std::string(seen.status().message()));
    } else {
      spdlog::info("the leader's lease can be read again");
    }
  }
  const Standing next = Next(standing_, seen, options_.holder);
  // Without a duty, beginning one failed.
  if (next != standing_ || duty_ == nullptr) Become(next);
}

void Replica::Become(const Standing& next) {
  const bool same = next.leads == standing_.leads && duty_ != nullptr;
  // The ports of the old duty are the new one's.
  if (!same) duty_.reset();
  standing_ = next;
  watch_.Set(next.leads.value_or(0), next.leader);
  if (!next.leads.has_value()) {
    spdlog::info("following; the leader is {}",
                 next.leader.empty() ? "not known" : next.leader);
    if (!same) Begin(duties_.follow).IgnoreError();
    return;
  }
  spdlog::info("leading in epoch {}", *next.leads);
  if (same || Begin(duties_.lead).ok()) return;
  // Perhaps another can.
  standing_ = {};
  watch_.Set(0, "");
  lease_.Resign(options_.holder).IgnoreError();
  Begin(duties_.follow).IgnoreError();
}

absl::Status Replica::Begin(
    const std::function<absl::StatusOr<std::unique_ptr<Duty>>()>& duty) {
  absl::StatusOr<std::unique_ptr<Duty>> begun = duty();
  if (begun.ok()) {
    duty_ = *std::move(begun);
  } else {
    spdlog::error("can't begin to lead or to follow: {}",
                  std::string(begun.status().message()));
  }
  return begun.status();
}

}  // namespace weir::controlplane
