// Asks the nodes how they routed a request, and waits for what they say.
#ifndef WEIR_CONTROLPLANE_RPC_DECISION_DESK_H_
#define WEIR_CONTROLPLANE_RPC_DECISION_DESK_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/mutex.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/rpc/decision_merge.h"
#include "controlplane/rpc/shared_buffer.h"
#include "weir/admin/v1/admin.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::controlplane {

// One question at a time, so that a node has one in flight; a few others wait.
// A question ends when every node has answered or gone, or after kPatience with
// the names of those that kept silent.
//
// Thread safety: every method may be called from any thread; OnAnswer() and
// OnStreamEnd() with the stream's lock held.
class DecisionDesk {
 public:
  static constexpr absl::Duration kPatience = absl::Seconds(3);
  // So that the last one's answer is there before weirctl's patience ends.
  static constexpr std::size_t kMaxWaiting = 2;

  struct Asked {
    StreamId stream;
    NodeId node;
  };
  // Sends the message to every node that has introduced itself; whom it was
  // sent to. Called without a lock.
  using AskNodes = std::function<std::vector<Asked>(const SharedBytes&)>;
  // Called once, on any thread.
  using Done =
      std::function<void(absl::StatusOr<admin::v1::ListDecisionsResponse>)>;

  // `clock` outlives this.
  explicit DecisionDesk(const Clock& clock) : clock_(clock) {}

  // REQUIRES: before the first Ask().
  void Connect(AskNodes ask_nodes) { ask_nodes_ = std::move(ask_nodes); }

  // NOT_FOUND: no node that answered remembers the request.
  // RESOURCE_EXHAUSTED: too many ask at once. UNAVAILABLE: after Stop().
  void Ask(const admin::v1::ListDecisionsRequest& request, Done done);

  void OnAnswer(StreamId stream, const NodeId& node,
                const routing::v1::DecisionAnswer& answer);
  void OnStreamEnd(StreamId stream);

  // Ends what takes too long and begins what waits. Call a few times a second.
  void Tick();
  // Ends everything; nobody is asked any more.
  void Stop();

 private:
  struct Question {
    admin::v1::ListDecisionsRequest request;
    Done done;
  };
  struct Round {
    Question question;
    std::uint64_t id;
    absl::Time deadline;
    DecisionMerge merge;
    // Streams that have answered or ended.
    std::vector<StreamId> ended;
    std::vector<StreamId> answered;
    // Absent while they are being asked.
    std::optional<std::vector<Asked>> asked;
  };

  // REQUIRES: busy_ was set for it.
  void Begin(Question question);
  // The round, when there is nobody left to wait for.
  std::optional<Round> TakeIfComplete() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void End(std::optional<Round> round);

  const Clock& clock_;
  AskNodes ask_nodes_;

  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::uint64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  // A question is being asked, or waits for answers.
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Round> round_ ABSL_GUARDED_BY(mutex_);
  std::deque<Question> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_DECISION_DESK_H_
