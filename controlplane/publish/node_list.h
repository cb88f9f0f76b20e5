// The nodes that are connected or were lately, and what they run.
#ifndef WEIR_CONTROLPLANE_PUBLISH_NODE_LIST_H_
#define WEIR_CONTROLPLANE_PUBLISH_NODE_LIST_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/ids.h"
#include "common/mutex.h"
#include "controlplane/publish/publication.h"
#include "controlplane/publish/traffic.h"

namespace weir::controlplane {

// One stream of one node; never used twice.
using StreamId = std::uint64_t;

// Who a node says it is.
struct NodeIdentity {
  NodeId id;
  std::uint64_t boot_id = 0;
  std::string region;
  std::string build_version;
  // host:port where clients reach it.
  std::string listen_address;
};

struct NodeRecord {
  NodeIdentity identity;
  bool connected = false;
  bool draining = false;
  // What it runs.
  std::optional<Version> config;
  std::optional<Version> weights;
  // The last version of the config lane that it refused.
  std::optional<Version> refused_config;
  // Why it refused the last version it was sent; empty when it took it.
  std::vector<std::string> problems;
  // What it had to leave out.
  std::vector<std::string> warnings;
  std::uint32_t requests_in_flight = 0;
  std::uint32_t streams_in_flight = 0;
  // Wall clock.
  absl::Time connected_since;
  // On Clock::Now().
  std::optional<absl::Time> last_report;
  absl::Time disconnected_at;
  // Since its start, and of the last half a minute to a minute that it
  // reported; at first of all of its life.
  Traffic traffic;
  Traffic recent_traffic;
};

// What a node says of a version: it runs it, or why it doesn't.
struct NodeAnswer {
  Lane lane;
  // What it runs now; nullopt: nothing.
  std::optional<Version> running;
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
  // The version that it doesn't run; nullopt: it runs what it was sent.
  std::optional<Version> refused = std::nullopt;
};

// The newest stream of a node speaks for it; what an older one still says is
// dropped. Bounded: beyond kMaxNodes, nodes that are gone make room.
//
// Thread safety: every method may be called from any thread. `now` is
// Clock::Now().
class NodeList {
 public:
  static constexpr std::size_t kMaxNodes = 20'000;
  // How long a node that is gone is listed.
  static constexpr absl::Duration kRemembered = absl::Hours(1);
  // How long a node may be away before what it reported stops counting: it
  // reconnects within seconds when it lives.
  static constexpr absl::Duration kAway = absl::Seconds(30);
  // Recent traffic is that of one to two of these.
  static constexpr absl::Duration kRecent = absl::Seconds(30);

  struct Hello {
    NodeIdentity identity;
    std::optional<Version> config;
    std::optional<Version> weights;
    // What is wrong from the start; a sentence each.
    std::vector<std::string> problems;
    absl::Time wall_now;
  };

  // RESOURCE_EXHAUSTED when the list is full of connected nodes.
  absl::Status OnHello(StreamId stream, Hello hello);
  void OnAnswer(StreamId stream, const NodeId& node, NodeAnswer answer);
  struct Load {
    std::uint32_t requests_in_flight = 0;
    std::uint32_t streams_in_flight = 0;
    // Since its start.
    Traffic traffic = {};
  };
  // False: a newer stream speaks for the node.
  bool OnReport(StreamId stream, const NodeId& node, Load load, absl::Time now);
  void OnDraining(StreamId stream, const NodeId& node);
  void OnEnd(StreamId stream, const NodeId& node, absl::Time now);

  // Forgets who is due. Returns the nodes whose reports no longer count, each
  // once an absence: away for kAway, or gone after draining.
  std::vector<NodeId> Tick(absl::Time now);

  // By node id.
  std::vector<NodeRecord> List() const;

  std::size_t connected() const;

  struct Counts {
    std::size_t connected = 0;
    std::size_t draining = 0;
    // Connected nodes that run the versions that they should.
    std::size_t on_config = 0;
    std::size_t on_weights = 0;
    // Connected nodes that refused their last version.
    std::size_t refusing = 0;
  };
  // `config` says what a node should run; called under a lock, and must not
  // call this.
  using ShouldRun = std::function<PublicationPtr(const NodeId&)>;
  Counts Count(const ShouldRun& config, const PublicationPtr& weights) const;

 private:
  struct Entry {
    NodeRecord record;
    StreamId stream = 0;
    bool forgotten = false;
    // What had been counted when recent traffic began, and what it will begin
    // with next, at that time.
    Traffic recent_from;
    Traffic next_from;
    std::optional<absl::Time> next_at;
  };

  // Null when `stream` no longer speaks for `node`.
  Entry* Find(StreamId stream, const NodeId& node)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void CountTraffic(const Traffic& traffic, absl::Time now,
                           Entry& entry);
  bool MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::map<NodeId, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::size_t connected_ ABSL_GUARDED_BY(mutex_) = 0;
  // Made room before they were forgotten; Tick() tells.
  std::vector<NodeId> evicted_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_NODE_LIST_H_
