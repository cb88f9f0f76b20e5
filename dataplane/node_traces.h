// A node's traces: whether there are any, and where they go.
#ifndef WEIR_DATAPLANE_NODE_TRACES_H_
#define WEIR_DATAPLANE_NODE_TRACES_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/net/plaintext.h"
#include "common/ops/certificate_metrics.h"
#include "common/random.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "dataplane/trace/span_build.h"
#include "dataplane/trace/span_exporter.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

struct TraceOptions {
  // host:port of a collector that takes OTLP by gRPC. Empty: no traces.
  std::string endpoint = {};
  // Its authorities; a certificate of the node's own where it wants one.
  tls::IdentityFiles identity = {};
  // On the way there alone.
  net::Plaintext plaintext = net::Plaintext::kOnLoopback;
  // Share of the traces that begin here, 0 to 1; absent: all.
  std::optional<double> sample = std::nullopt;
};

// FAILED_PRECONDITION, with what to do, where flags contradict each other or
// the way to the collector would leave the machine without TLS. `everywhere`:
// what holds for all of the node's ways. Pure.
absl::Status CheckTraceOptions(const TraceOptions& options,
                               net::Plaintext everywhere);

// Not thread-safe.
class NodeTraces {
 public:
  // Reads the files. Errors of CheckTraceOptions() and LoadIdentity().
  absl::Status Open(const TraceOptions& options, net::Plaintext everywhere,
                    absl::Time wall_now);

  // For WorkerOptions.
  std::optional<double> sample() const;

  // Begins to export, where there are traces. `workers` and `clock` outlive
  // this, or until Finish().
  void Start(TraceResource resource,
             std::span<const std::unique_ptr<Worker>> workers,
             const Clock& clock);

  // Takes up files that changed. Call about once a second.
  void Poll(absl::Time wall_now);

  // Sends what waits, for at most `limit`. REQUIRES: the workers have stopped.
  void Finish(std::span<const std::unique_ptr<Worker>> workers,
              absl::Duration limit);

  TraceCounts Counts() const;
  // Adds that of the way to the collector, where there is one.
  void AddStatus(std::vector<ops::PortCertificates>& certificates) const;

 private:
  TraceOptions options_;
  // Null without TLS there.
  std::unique_ptr<tls::IdentityWatch> identity_;
  // The exporter's.
  SystemRandom random_;
  std::unique_ptr<SpanExporter> exporter_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_NODE_TRACES_H_
