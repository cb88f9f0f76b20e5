// From changes to versions that nodes should run.
#ifndef WEIR_CONTROLPLANE_PUBLISH_PUBLISHER_H_
#define WEIR_CONTROLPLANE_PUBLISH_PUBLISHER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/publish/debounce.h"
#include "controlplane/publish/publication.h"

namespace weir::controlplane {

// Where a lane's content comes from and how it is wrapped; the stream's
// messages are rpc/'s business.
struct LaneSources {
  // A lane's content now, serialized; equal content gives equal bytes. nullopt:
  // there is nothing to say yet.
  std::function<std::optional<std::string>(Lane)> content;
  // The message that carries `content`.
  std::function<std::string(Lane lane, const Version& version,
                            std::string_view content)>
      message;
};

// Gives what changed a version and serializes it once for everybody. Changes
// are debounced: config 100 ms, at most 1 s; weights 50 ms, at most 250 ms.
// What is urgent waits for the next Tick() only, and the first version of a
// lane for nothing. Content that is the same again is no new version.
//
// Thread safety: every method may be called from any thread.
class Publisher {
 public:
  // `epoch` is this leadership's.
  Publisher(std::uint64_t epoch, LaneSources sources);

  // `listener` is called after each publication, in their order, without a lock
  // that Latest() or OnChange() needs. REQUIRES: nothing is published yet.
  void OnPublish(std::function<void(Lane, PublicationPtr)> listener);

  // The lane's content may have changed. Nothing is published before Tick().
  void OnChange(Lane lane, absl::Time now);
  // Likewise, and what waits costs requests, as a target's death does.
  void OnUrgentChange(Lane lane, absl::Time now);

  // Publishes what is due. Call many times a second.
  void Tick(absl::Time now);

  // Null while nothing was published.
  PublicationPtr Latest(Lane lane) const;

  // A version of other content, newer than all before: for some nodes only,
  // until Adopt(). Nobody is told.
  PublicationPtr Issue(Lane lane, const std::string& content);
  // Makes it the latest. Nobody is told. REQUIRES: Issue() returned it, and
  // nothing newer was published.
  void Adopt(Lane lane, PublicationPtr issued);
  // Publishes the lane's content as a version of its own, though it be the
  // same, for nodes that run a newer one than the latest.
  void Renew(Lane lane);

  std::uint64_t epoch() const { return epoch_; }

 private:
  struct LaneState {
    explicit LaneState(Debounce how_long) : debounce(how_long) {}
    Debounce debounce;
    PublicationPtr latest;
    // Of the newest version, whoever it is for.
    std::uint64_t sequence = 0;
  };

  LaneState& StateOf(Lane lane) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool TakeDue(Lane lane, absl::Time now);
  void TickLane(Lane lane, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(tick_mutex_);
  void Publish(Lane lane, PublicationPtr next)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(tick_mutex_);
  PublicationPtr NextOf(Lane lane, const std::string& content);

  const std::uint64_t epoch_;
  const LaneSources sources_;

  // Keeps publications and calls of the listener in order.
  Mutex tick_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  std::function<void(Lane, PublicationPtr)> listener_
      ABSL_GUARDED_BY(tick_mutex_);

  mutable Mutex mutex_;
  LaneState config_ ABSL_GUARDED_BY(mutex_);
  LaneState weights_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_PUBLISHER_H_
