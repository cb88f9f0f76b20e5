// What a roll-out says of itself, and what operators wish; what it does is in
// rollout.cc.
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/sha256.h"
#include "controlplane/rollout/rollout.h"

namespace weir::controlplane {

std::optional<StoredRollout> Rollout::Stored() const {
  MutexLock lock(&mutex_);
  if (!standing_.has_value()) return std::nullopt;
  StoredRollout stored{.standing = standing_->content,
                       .standing_revision = standing_->revision};
  if (halted_.has_value()) {
    stored.halted_sha256 = Sha256(halted_->edition.content);
    stored.reason = halted_->reason;
  }
  return stored;
}

PublicationPtr Rollout::For(const NodeId& node) const {
  {
    MutexLock lock(&mutex_);
    if (candidate_.has_value() && candidate_->IsFor(node)) {
      return candidate_->publication();
    }
  }
  return publisher_.Latest(Lane::kConfig);
}

bool Rollout::IsOnTrial(const NodeId& node) const {
  MutexLock lock(&mutex_);
  return candidate_.has_value() && !candidate_->everybody() &&
         candidate_->IsFor(node);
}

std::shared_ptr<const config::v1::Resources> Rollout::InForce() const {
  MutexLock lock(&mutex_);
  if (candidate_.has_value() && candidate_->everybody()) {
    return candidate_->edition().resources;
  }
  return standing_.has_value() ? standing_->resources : nullptr;
}

absl::Status Rollout::Resume(const Actor& by) {
  MutexLock lock(&mutex_);
  if (!halted_.has_value() && !candidate_.has_value()) {
    return absl::FailedPreconditionError(
        "nothing was halted or is being rolled out");
  }
  wish_ = Wish::kResume;
  wish_of_ = by;
  return absl::OkStatus();
}

absl::Status Rollout::Abort(const Actor& by) {
  MutexLock lock(&mutex_);
  if (!candidate_.has_value()) {
    return absl::FailedPreconditionError("nothing is being rolled out");
  }
  wish_ = Wish::kAbort;
  wish_of_ = by;
  return absl::OkStatus();
}

RolloutStatus Rollout::status() const {
  RolloutStatus status;
  MutexLock lock(&mutex_);
  status.seen_revision = seen_revision_;
  // After that: it must not be older.
  const PublicationPtr latest = publisher_.Latest(Lane::kConfig);
  if (latest != nullptr) status.standing.version = latest->version;
  if (standing_.has_value()) status.standing.revision = standing_->revision;
  if (candidate_.has_value()) {
    status.phase = RolloutStatus::Phase::kRolling;
    status.candidate = RolloutVersion{candidate_->edition().revision};
    if (const PublicationPtr& issued = candidate_->publication()) {
      status.candidate->version = issued->version;
    }
    status.wave = candidate_->wave();
    status.given = candidate_->given();
    status.took = candidate_->took();
    status.everybody = candidate_->everybody();
    status.forced = candidate_->forced();
    status.since = began_at_;
  } else if (halted_.has_value()) {
    status.phase = RolloutStatus::Phase::kHalted;
    status.candidate =
        RolloutVersion{halted_->edition.revision, halted_->version};
    status.wave = halted_->wave;
    status.given = halted_->given;
    status.took = halted_->took;
    status.since = halted_->at;
    status.reason = halted_->reason;
  }
  return status;
}

RolloutCounts Rollout::counts() const {
  MutexLock lock(&mutex_);
  return counts_;
}

}  // namespace weir::controlplane
