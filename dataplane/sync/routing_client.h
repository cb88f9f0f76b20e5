// A node's side of the stream between the planes.
#ifndef WEIR_DATAPLANE_SYNC_ROUTING_CLIENT_H_
#define WEIR_DATAPLANE_SYNC_ROUTING_CLIENT_H_

#include <grpcpp/security/credentials.h>

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/random.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/usage/encoded_batch.h"
#include "weir/routing/v1/quota.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

struct RoutingClientOptions {
  // host:port, or several with commas between them, one of which leads.
  std::string control_plane;
  std::string node_id;
  std::uint64_t boot_id;
  std::string region;
  std::string build_version;
  // Where clients reach the node.
  std::string listen_address;
  // Asked at each attempt to connect, so that a renewed certificate is shown.
  std::function<std::shared_ptr<grpc::ChannelCredentials>()> credentials =
      grpc::InsecureChannelCredentials;

  // Between two attempts to connect, full jitter; begins anew only after a
  // message came, so that a control plane which accepts and dies is not
  // hammered.
  absl::Duration backoff_base = absl::Milliseconds(500);
  absl::Duration backoff_cap = absl::Seconds(30);
  // Without any message for so long the stream is dead, until Welcome says how
  // often heartbeats come. Finds half-open connections that TCP does not.
  absl::Duration silence_limit = absl::Seconds(35);
};

// What it did so far, for metrics.
struct RoutingClientCounters {
  std::uint64_t connects = 0;
  std::uint64_t reports_sent = 0;
  std::uint64_t usage_batches_sent = 0;
  // Kinds that this version doesn't know.
  std::uint64_t unknown_messages = 0;
  // By lane (`config`, `weights`, `quota`) and outcome (`applied`, `unchanged`,
  // `refused`).
  std::map<std::pair<std::string, std::string>, std::uint64_t> updates;
};

// Keeps one stream to the control plane, for ever: says hello with what the
// node runs, hands lanes over and answers for them, sends reports. When the
// stream ends or falls silent it comes back.
//
// Thread safety: `executor` runs one handler at a time; everything is called
// from there, and the hooks are called there. Nothing blocks but Stop(), for as
// long as cancelling a call takes.
class RoutingClient {
 public:
  struct Hooks {
    // lanes.current() is another one, or what is stored of the lanes.
    std::function<void()> on_change;
    // Gets the node's report, now or soon, and passes it to its argument on the
    // executor.
    std::function<void(ReportExtent, std::function<void(routing::v1::Report)>)>
        make_report;
    // The same with what is remembered of requests.
    std::function<void(routing::v1::DecisionQuery,
                       std::function<void(routing::v1::DecisionAnswer)>)>
        find_decisions = nullptr;
    // The ledger has all usage of the boot up to this sequence.
    std::function<void(std::uint64_t boot_id, std::uint64_t sequence)>
        on_usage_ack = nullptr;
    // This node's part of limits changed, or is said again.
    std::function<void(const routing::v1::QuotaUpdate&)> on_quota = nullptr;
  };

  // `lanes`, `clock` and `random` outlive this.
  RoutingClient(RoutingClientOptions options, Lanes& lanes, Hooks hooks,
                boost::asio::any_io_executor executor, const Clock& clock,
                Random& random);
  // Stops.
  ~RoutingClient();

  void Start();

  // A breaker changed, or a run of failures began or ended: report soon.
  void NoteNews();

  // Sends the batch, now and on every new stream, until it is acknowledged or
  // another takes its place.
  void OfferUsage(std::shared_ptr<const EncodedBatch> batch);

  // Says that the node is going away, now and on every new stream.
  void StartDrain();

  // Sends a last report, then ends the stream in order. Calls `done` when the
  // control plane has taken it, or after `limit`, or at once without a stream.
  void Finish(absl::Duration limit, std::function<void()> done);

  // Ends everything at once; no hook is called any more.
  void Stop();

  // Whether the control plane talks to us: a Welcome came on this stream.
  enum class Link { kDown, kUp };
  Link link() const;
  const RoutingClientCounters& counters() const;

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_ROUTING_CLIENT_H_
