#include "controlplane/publish/publisher.h"

#include <memory>
#include <utility>

#include "common/sha256.h"

namespace weir::controlplane {

Publisher::Publisher(std::uint64_t epoch, LaneSources sources)
    : epoch_(epoch),
      sources_(std::move(sources)),
      config_(Debounce(absl::Milliseconds(100), absl::Seconds(1))),
      weights_(Debounce(absl::Milliseconds(50), absl::Milliseconds(250))) {}

void Publisher::OnPublish(std::function<void(Lane, PublicationPtr)> listener) {
  MutexLock lock(&tick_mutex_);
  listener_ = std::move(listener);
}

void Publisher::OnChange(Lane lane, absl::Time now) {
  MutexLock lock(&mutex_);
  StateOf(lane).debounce.OnChange(now);
}

void Publisher::OnUrgentChange(Lane lane, absl::Time now) {
  MutexLock lock(&mutex_);
  StateOf(lane).debounce.OnUrgentChange(now);
}

void Publisher::Tick(absl::Time now) {
  MutexLock lock(&tick_mutex_);
  TickLane(Lane::kConfig, now);
  TickLane(Lane::kWeights, now);
}

PublicationPtr Publisher::Latest(Lane lane) const {
  MutexLock lock(&mutex_);
  return lane == Lane::kConfig ? config_.latest : weights_.latest;
}

Publisher::LaneState& Publisher::StateOf(Lane lane) {
  return lane == Lane::kConfig ? config_ : weights_;
}

bool Publisher::TakeDue(Lane lane, absl::Time now) {
  MutexLock lock(&mutex_);
  LaneState& state = StateOf(lane);
  if (state.latest != nullptr && !state.debounce.IsDue(now)) return false;
  // Before the content is looked at: what changes from here on counts anew.
  state.debounce.Reset(now);
  return true;
}

void Publisher::TickLane(Lane lane, absl::Time now) {
  if (!TakeDue(lane, now)) return;
  // Without the lock: serializing takes its time, and reporters don't wait.
  const std::optional<std::string> content = sources_.content(lane);
  if (!content.has_value()) return;
  const PublicationPtr last = Latest(lane);
  if (last != nullptr && last->version.hash == Sha256(*content)) return;
  Publish(lane, NextOf(lane, *content));
}

void Publisher::Publish(Lane lane, PublicationPtr next) {
  {
    MutexLock lock(&mutex_);
    StateOf(lane).latest = next;
  }
  if (listener_) listener_(lane, std::move(next));
}

PublicationPtr Publisher::Issue(Lane lane, const std::string& content) {
  MutexLock lock(&tick_mutex_);
  return NextOf(lane, content);
}

void Publisher::Adopt(Lane lane, PublicationPtr issued) {
  MutexLock tick_lock(&tick_mutex_);
  MutexLock lock(&mutex_);
  StateOf(lane).latest = std::move(issued);
}

void Publisher::Renew(Lane lane) {
  MutexLock lock(&tick_mutex_);
  const std::optional<std::string> content = sources_.content(lane);
  if (content.has_value()) Publish(lane, NextOf(lane, *content));
}

PublicationPtr Publisher::NextOf(Lane lane, const std::string& content) {
  Version version{epoch_, 0, Sha256(content)};
  {
    MutexLock lock(&mutex_);
    version.sequence = ++StateOf(lane).sequence;
  }
  auto next = std::make_shared<Publication>();
  next->message = sources_.message(lane, version, content);
  next->version = std::move(version);
  return next;
}

}  // namespace weir::controlplane
