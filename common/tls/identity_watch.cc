#include "common/tls/identity_watch.h"

#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/file_watch.h"
#include "common/mutex.h"
#include "common/tls/identity.h"

namespace weir::tls {

absl::StatusOr<std::unique_ptr<IdentityWatch>> IdentityWatch::Open(
    IdentityFiles files, absl::Time now) {
  FileWatch watch;
  watch.Watch(files.paths());
  absl::StatusOr<Identity> identity = LoadIdentity(files, now);
  if (!identity.ok()) return identity.status();
  return std::unique_ptr<IdentityWatch>(new IdentityWatch(
      std::move(files), std::move(watch), *std::move(identity)));
}

void IdentityWatch::SayWhatExpired(absl::Time now) {
  MutexLock lock(&mutex_);
  if (expired_) return;
  for (const Identity::Expiry& expiry : current_->expiries) {
    if (now < expiry.when) continue;
    expired_ = true;
    const std::string message = absl::StrCat(
        expiry.file, ": expired on ",
        absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", expiry.when,
                         absl::UTCTimeZone()),
        ", and there is no newer one: connections that begin now are refused");
    spdlog::warn("{}", message);
    if (problem_.empty()) problem_ = message;
    return;
  }
}

IdentityWatch::Change IdentityWatch::Poll(absl::Time now) {
  MutexLock poll_lock(&poll_mutex_);
  SayWhatExpired(now);
  const bool changed = watch_.Changed();
  if (!changed && !refused_) return Change::kNone;
  absl::StatusOr<Identity> identity = LoadIdentity(files_, now);
  refused_ = !identity.ok();
  if (refused_ && !changed) return Change::kNone;  // That was said before.
  MutexLock lock(&mutex_);
  if (refused_) {
    ++counts_.refused;
    problem_ = std::string(identity.status().message());
    spdlog::warn("{}; going on with what was read before", problem_);
    return Change::kRefused;
  }
  ++counts_.replaced;
  problem_.clear();
  expired_ = false;
  current_ = std::make_shared<const Identity>(*std::move(identity));
  for (const Identity::Expiry& expiry : current_->expiries) {
    spdlog::info("{} is new and expires on {}", expiry.file,
                 absl::FormatTime(expiry.when, absl::UTCTimeZone()));
  }
  return Change::kReplaced;
}

std::shared_ptr<const Identity> IdentityWatch::Current() const {
  MutexLock lock(&mutex_);
  return current_;
}

IdentityWatch::Counts IdentityWatch::counts() const {
  MutexLock lock(&mutex_);
  return counts_;
}

std::string IdentityWatch::problem() const {
  MutexLock lock(&mutex_);
  return problem_;
}

}  // namespace weir::tls
