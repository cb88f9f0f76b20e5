// One core of a node: event loop, listener, pools, counters, current snapshot.
#ifndef WEIR_DATAPLANE_WORKER_H_
#define WEIR_DATAPLANE_WORKER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/tls/openssl.h"
#include "dataplane/access/access_log.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/snapshot.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// What one worker takes on before it says a quick 503. The node divides its own
// bounds by its number of workers.
struct WorkerLimits {
  std::uint32_t max_connections = 5000;
  std::uint32_t max_requests_in_flight = 5000;
  // Request and answer bytes held at once.
  std::uint64_t max_bytes_in_flight = std::uint64_t{256} << 20;
  // One request's body.
  std::uint64_t max_body_bytes = std::uint64_t{32} << 20;
  absl::Duration client_idle = absl::Seconds(75);
  absl::Duration head_timeout = absl::Seconds(10);
  // One client that does not take what is written to it.
  absl::Duration client_stall = absl::Seconds(60);
};

struct WorkerOptions {
  // host:port to listen on with SO_REUSEPORT; a port of 0 only for one worker.
  std::string listen_address;
  std::string region;
  WorkerLimits limits;
  // What clients have to speak TLS with; null: they speak plain text.
  tls::ContextPtr tls = nullptr;
  // Where attempts are kept for the ledger; outlives the worker. Null: they are
  // counted for metrics only.
  SlotTable* usage_slots = nullptr;
  // Share of the requests that went well which are in the access log, 0 to 1;
  // absent: there is none.
  std::optional<double> access_log_sample;
  // Share of the traces that begin here which are kept, 0 to 1; absent: no
  // request is traced.
  std::optional<double> trace_sample = std::nullopt;
  // Called on the worker's thread when a target's breaker changed, its run of
  // failures began or ended, or a limit is wanted that is not leased, so that
  // the node reports at once. Returns quickly and may be called often; empty
  // for nobody who listens.
  std::function<void()> on_health_news;
};

// Thread safety: every method may be called from any thread, in the order
// Start, anything, Stop. What happens to a request happens on the worker's own
// thread.
class Worker {
 public:
  // `clock` outlives this.
  Worker(WorkerOptions options, const Clock& clock);
  // REQUIRES: not started, or stopped.
  ~Worker();

  // Binds, then runs the loop in a thread of its own. Returns the address that
  // it listens on, or why it can't.
  absl::StatusOr<std::string> Start();

  // Routes new requests by `snapshot`; those that run keep theirs. Before the
  // first one, requests get a 503.
  void Replace(Snapshot snapshot);

  // The control plane has spoken of limits for which requests may wait.
  void OnQuotaWord();

  // New connections get `context`, which is not null; those that stand keep
  // theirs.
  void UseTls(tls::ContextPtr context);

  // Calls `some` on the worker's thread with targets that changed since the
  // last time, in parts, then `done` with what there is to say beside them to
  // the control plane.
  void CollectChanges(std::function<void(std::vector<TargetChange>)> some,
                      std::function<void(WorkerReport)> done);
  // Calls `done` on the worker's thread with all that it has seen until now.
  void Collect(std::function<void(WorkerReport)> done);

  // Calls `done` on the worker's thread with what it remembers.
  void FindDecisions(DecisionQuery query,
                     std::function<void(DecisionBatch)> done);

  // Calls `done` on the worker's thread with the access log's lines since the
  // last time.
  void TakeAccessLog(std::function<void(AccessLog::Lines)> done);
  // The last of them. REQUIRES: stopped.
  AccessLog::Lines LastOfAccessLog();

  // The same of the requests that are traced.
  void TakeTraces(std::function<void(TraceLog::Batch)> done);
  TraceLog::Batch LastOfTraces();

  // Answers from now on with `Connection: close`; still accepts.
  void StartDrain();
  // Closes the listener and idle connections; running requests go on.
  void StopAccepting();

  // Ends what still runs (streams with an error event), joins the thread.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_WORKER_H_
