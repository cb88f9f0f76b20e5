// The conversation with one node, without its transport.
#ifndef WEIR_CONTROLPLANE_RPC_NODE_SESSION_H_
#define WEIR_CONTROLPLANE_RPC_NODE_SESSION_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/mutex.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/publish/subscription.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/rpc/decision_desk.h"
#include "controlplane/rpc/message_allowance.h"
#include "controlplane/rpc/shared_buffer.h"
#include "controlplane/scoreboard.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::controlplane {

// Since the start.
struct RoutingCounters {
  std::atomic<std::uint64_t> streams_opened{0};
  // For want of room.
  std::atomic<std::uint64_t> streams_refused{0};
  // By a newer stream of the same node.
  std::atomic<std::uint64_t> streams_replaced{0};
  // Ended by us for what the peer did or did not do.
  std::atomic<std::uint64_t> streams_broken{0};
  std::atomic<std::uint64_t> nacks{0};
  std::atomic<std::uint64_t> reports{0};
  // Messages that this version doesn't know.
  std::atomic<std::uint64_t> unknown_messages{0};
  // As in UsageMisfits.
  std::atomic<std::uint64_t> usage_minutes_moved{0};
  std::atomic<std::uint64_t> usage_names_cut{0};
  std::atomic<std::uint64_t> usage_counts_cut{0};
  std::atomic<std::uint64_t> usage_latencies_dropped{0};
  std::atomic<std::uint64_t> usage_records_dropped{0};
};

// What every session works with; outlives them.
class RoutingCore {
 public:
  static constexpr absl::Duration kHelloTimeout = absl::Seconds(10);
  static constexpr absl::Duration kHeartbeatInterval = absl::Seconds(10);

  RoutingCore(Publisher& its_publisher, Rollout& its_rollout,
              NodeList& its_nodes, Scoreboard& its_scoreboard,
              ProviderBoard& its_providers, Ledger& its_ledger,
              QuotaBoard& its_quotas, const Clock& its_clock)
      : publisher(its_publisher),
        rollout(its_rollout),
        nodes(its_nodes),
        scoreboard(its_scoreboard),
        providers(its_providers),
        ledger(its_ledger),
        quotas(its_quotas),
        clock(its_clock),
        decisions(its_clock) {}

  // What `node` should run now of a lane; null while nothing is published.
  PublicationPtr ShouldRun(Lane lane, const NodeId& node) const;
  // With the versions that `node` should run now; one for all streams that
  // should run the same.
  SharedBytes Heartbeat(const NodeId& node);
  // Half a second, and a millisecond more for each node, so that no fleet
  // makes more than a thousand reports a second.
  absl::Duration ReportInterval() const;

  Publisher& publisher;
  Rollout& rollout;
  NodeList& nodes;
  Scoreboard& scoreboard;
  ProviderBoard& providers;
  Ledger& ledger;
  QuotaBoard& quotas;
  const Clock& clock;
  DecisionDesk decisions;
  RoutingCounters counters;

 private:
  struct SharedHeartbeat {
    PublicationPtr config;
    PublicationPtr weights;
    SharedBytes bytes;
  };

  Mutex mutex_;
  // Two configs are in use while one is rolled out.
  std::array<SharedHeartbeat, 2> heartbeats_ ABSL_GUARDED_BY(mutex_);
  std::size_t next_heartbeat_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Not thread-safe: its stream calls it under a lock.
class NodeSession {
 public:
  // `stream` is never used again.
  NodeSession(StreamId stream, RoutingCore& core);

  // The node said something. An error ends the stream.
  absl::Status OnMessage(const routing::v1::SubscribeRequest& message);
  // What the node should run of a lane may be another version now.
  void OnPublished(Lane lane);

  // The ledger has all batches of the boot up to this one.
  void OnUsageKept(std::uint64_t boot_id, std::uint64_t sequence);
  // A batch found no room in the ledger, so that all later ones of the stream
  // were ignored: the node must begin anew with what was not acknowledged.
  bool refused_usage() const { return refused_usage_; }

  // `question` goes out when nothing more urgent does; false before the Hello.
  bool Ask(SharedBytes question);

  // Tells the node its part of limits where that is news, or due again.
  void RefreshQuota();

  // What is to be written now; null when there is nothing or something is
  // still being written. OnSent() tells when it was.
  SharedBytes TakeNext();
  void OnSent();
  bool IsSending() const;

  // Time has passed. An error ends the stream.
  absl::Status Check() const;
  // The stream has ended.
  void OnEnd();

  // Null before the Hello.
  const NodeId* node() const { return node_ ? &*node_ : nullptr; }

 private:
  absl::Status OnHello(const routing::v1::Hello& hello);
  absl::Status OnAnswer(absl::StatusOr<NodeAnswer> answer);
  absl::Status OnNack(const routing::v1::Nack& nack);
  absl::Status OnReport(const routing::v1::Report& report);
  absl::Status OnUsage(const routing::v1::UsageBatch& message);
  // The acknowledgement of one boot's usage; null when there is none.
  SharedBytes TakeUsageAck();
  SharedBytes HeartbeatIfDue(absl::Time now);

  const StreamId stream_;
  RoutingCore& core_;
  const absl::Time opened_;
  MessageAllowance allowance_;
  absl::Time last_sent_;
  // All four from the Hello on.
  std::optional<NodeId> node_;
  std::uint64_t boot_id_ = 0;
  std::string region_;
  std::optional<Subscription> subscription_;
  // Before anything else.
  SharedBytes welcome_;
  // Behind the lanes; the latest word.
  SharedBytes quota_;
  // Behind that; the latest one, where another was not taken.
  SharedBytes question_;
  // Acknowledgements that are to be sent, behind the question: by boot the
  // latest, which stands for those before.
  std::map<std::uint64_t, std::uint64_t> usage_acks_;
  bool refused_usage_ = false;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_NODE_SESSION_H_
