// What one node's stream sends next.
#ifndef WEIR_CONTROLPLANE_PUBLISH_SUBSCRIPTION_H_
#define WEIR_CONTROLPLANE_PUBLISH_SUBSCRIPTION_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "controlplane/publish/publication.h"

namespace weir::controlplane {

// The latest of each lane and never a queue: a node that is slow gets less
// often what is then the latest, and costs no memory. One message is on its way
// at a time; a config is followed by the next one only when the node has
// answered it. Weights go before config, because a target's death can't wait,
// except that a node without any config needs one first.
//
// Pure; not thread-safe.
class Subscription {
 public:
  // A node that takes or answers nothing for this long is beyond hope; its
  // stream should end. Three heartbeats.
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  // What the node says that it runs.
  Subscription(std::optional<Version> config, std::optional<Version> weights);

  // `latest` is what the node should run now. REQUIRES: not null.
  void Offer(Lane lane, PublicationPtr latest);

  // What is to be sent now, if anything. It is on its way until OnSent().
  PublicationPtr TakeNext(absl::Time now);
  // For messages beside the lanes: whether one may be sent now.
  bool IsIdle() const { return !sending_since_.has_value(); }
  // One of those is on its way until OnSent().
  void OnOther(absl::Time now) { sending_since_ = now; }
  void OnSent() { sending_since_.reset(); }

  // The node took or refused what it was sent of the lane, and runs `running`
  // now. What it refused is not sent again.
  void OnAnswer(Lane lane, const std::optional<Version>& running);

  // Since kPatience the node hasn't taken or answered what it was sent.
  bool IsStuck(absl::Time now) const;

 private:
  struct LaneState {
    // As far as is known; what was sent counts until the node says otherwise.
    std::optional<Version> running;
    std::optional<Version> refused;
    // What the node should get and hasn't been sent; null: nothing.
    PublicationPtr pending;
  };

  LaneState config_;
  LaneState weights_;
  // Something is on its way.
  std::optional<absl::Time> sending_since_;
  // A config was sent and not yet answered.
  std::optional<absl::Time> unanswered_since_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_SUBSCRIPTION_H_
