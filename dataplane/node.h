// One data-plane process: its parts, started and stopped in order.
#ifndef WEIR_DATAPLANE_NODE_H_
#define WEIR_DATAPLANE_NODE_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ops/ops_server.h"
#include "common/random.h"
#include "dataplane/access/access_log_carrier.h"
#include "dataplane/decision_gather.h"
#include "dataplane/drain.h"
#include "dataplane/node_options.h"
#include "dataplane/node_reports.h"
#include "dataplane/node_status.h"
#include "dataplane/node_tls.h"
#include "dataplane/node_traces.h"
#include "dataplane/published_snapshots.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/report_gather.h"
#include "dataplane/snapshot.h"
#include "dataplane/spool/usage_keeper.h"
#include "dataplane/sync/cache_writer.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/routing_client.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

// Threads: the workers' own, those of the cache's, the usage's and the traces'
// writers, gRPC's, and `loop`, which runs
// everything in this class: what the control plane says, pages, draining. A
// slow disk or a large configuration delays those and no request.
//
// Not thread-safe: everything is called on the thread that runs `loop`.
class Node {
 public:
  struct Addresses {
    std::string http;
    std::string ops;
  };

  // `loop`, `clock` and `random` outlive this; `loop` does not run once this is
  // destroyed.
  Node(NodeOptions options, boost::asio::io_context& loop, const Clock& clock,
       Random& random);
  // Stops.
  ~Node();

  // Boots from the cache if there is one, binds, connects. Returns where it
  // listens, or why it can't: FAILED_PRECONDITION where an option is to blame.
  absl::StatusOr<Addresses> Start();

  // Goes away in order, as drain.h has it; calls `done` when nothing runs and
  // the last report is delivered. Once.
  void StartDrain(std::function<void()> done);

  // Ends everything at once.
  void Stop();

 private:
  void BootFromCache();
  absl::Status OpenUsage();
  absl::StatusOr<std::string> StartWorkers();
  void StartClient(const std::string& http_address);
  void FindDecisions(const routing::v1::DecisionQuery& query,
                     std::function<void(routing::v1::DecisionAnswer)> done);
  absl::StatusOr<std::string> StartOps();

  // The snapshot is another one: to the workers, and to the cache.
  void Publish();
  void WriteCache();
  void Tick();
  // Runs `then` when `timer` expires, unless it is set anew or cancelled.
  void After(boost::asio::steady_timer& timer, absl::Duration delay,
             void (Node::*then)());
  void ContinueDrain();
  // All requests have ended: usage first, then the last report.
  void DeliverUsage();
  void EndDrain();
  void OnQuota(const routing::v1::QuotaUpdate& update);
  // From a worker's thread.
  void OnHealthNews();

  NodeStatus StatusWith(const WorkerReport& report) const;

  NodeOptions options_;
  boost::asio::io_context& loop_;
  const Clock& clock_;
  Random& random_;
  const std::uint64_t boot_id_;

  NodeTls tls_;
  NodeTraces traces_;
  Lanes lanes_;
  std::optional<absl::Time> config_since_;
  std::optional<CacheWriter> cache_;
  absl::Time cache_written_ = absl::InfinitePast();
  std::optional<Version> cached_config_;
  std::optional<Version> cached_weights_;

  // Before the workers, who write into it.
  std::optional<UsageKeeper> usage_;
  PublishedSnapshots published_;

  QuotaBook quotas_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> news_pending_ = false;
  // Null where none is kept.
  std::unique_ptr<AccessLogCarrier> access_log_;
  std::optional<ReportGather> gather_;
  std::optional<NodeReports> reports_;
  std::vector<DecisionSource> decision_sources_;
  std::string node_id_;
  std::optional<RoutingClient> client_;
  ops::OpsServer ops_;
  boost::asio::steady_timer tick_timer_;

  Lifecycle lifecycle_ = Lifecycle::kServing;
  std::optional<Drain> drain_;
  std::function<void()> drained_;
  boost::asio::steady_timer drain_timer_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_H_
