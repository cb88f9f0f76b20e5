#include "dataplane/node.h"

#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/config/secrets.h"
#include "common/net/forward_proxy.h"
#include "common/net/tls.h"
#include "common/random.h"
#include "dataplane/access/access_log_carrier.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/decision_gather.h"
#include "dataplane/drain.h"
#include "dataplane/node_access_log.h"
#include "dataplane/node_options.h"
#include "dataplane/node_pages.h"
#include "dataplane/node_reports.h"
#include "dataplane/node_status.h"
#include "dataplane/node_tls.h"
#include "dataplane/node_traces.h"
#include "dataplane/report_gather.h"
#include "dataplane/snapshot.h"
#include "dataplane/spool/usage_keeper.h"
#include "dataplane/spool/usage_spool.h"
#include "dataplane/sync/build_sources.h"
#include "dataplane/sync/cache_boot.h"
#include "dataplane/sync/decision_build.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/quota_codec.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/sync/routing_client.h"
#include "dataplane/sync/snapshot_cache.h"
#include "dataplane/sync/version.h"
#include "dataplane/thread_order.h"
#include "dataplane/usage/encoded_batch.h"
#include "dataplane/usage/usage_names.h"
#include "dataplane/worker.h"

namespace weir::dataplane {
namespace {
namespace asio = boost::asio;

// A rotated secret is used, and a step of drifting weights taken, this soon.
constexpr absl::Duration kTick = absl::Seconds(1);
// A boot from weights that are seconds old is as good, and the disk has rest.
constexpr absl::Duration kWeightsCacheGap = absl::Seconds(10);
constexpr absl::Duration kDrainPoll = absl::Milliseconds(50);
// Of usage, of the last report, and of traces.
constexpr absl::Duration kLastWordsLimit = absl::Seconds(2);

}  // namespace

Node::Node(NodeOptions options, asio::io_context& loop, const Clock& clock,
           Random& random)
    : options_(std::move(options)),
      loop_(loop),
      clock_(clock),
      random_(random),
      boot_id_(random.Bits()),
      lanes_(options_.region,
             BuildSources(&config::ResolveSecret, &net::MakeClientContext,
                          net::ProcessEnvironment()),
             clock, options_.max_config_bytes),
      quotas_(clock),
      ops_(loop.get_executor()),
      tick_timer_(loop),
      drain_timer_(loop) {}

Node::~Node() { Stop(); }

absl::StatusOr<Node::Addresses> Node::Start() {
  const absl::Status tls =
      tls_.Open(options_.tls, options_.control_plane, clock_.WallNow());
  if (!tls.ok()) return tls;
  const absl::Status traces =
      traces_.Open(options_.traces, options_.tls.plaintext, clock_.WallNow());
  if (!traces.ok()) return traces;
  if (const absl::Status opened = OpenUsage(); !opened.ok()) return opened;
  if (!options_.snapshot_cache.empty()) BootFromCache();
  const absl::StatusOr<std::string> http = StartWorkers();
  if (!http.ok()) return http.status();
  MakeWayForWorkers();
  auto log =
      StartAccessLog(options_.access_log, loop_.get_executor(), workers_);
  if (!log.ok()) return log.status();
  access_log_ = *std::move(log);
  const absl::StatusOr<std::string> ops = StartOps();
  if (!ops.ok()) return ops.status();
  node_id_ = options_.node_id.empty() ? DefaultNodeId(*http) : options_.node_id;
  traces_.Start({node_id_, options_.region, WEIR_VERSION}, workers_, clock_);
  StartClient(*http);
  Tick();
  return Addresses{*http, *ops};
}

absl::Status Node::OpenUsage() {
  const std::uint32_t slots =
      UsageSlotsFor(LimitsOfWorker(options_.limits, options_.workers));
  absl::StatusOr<std::unique_ptr<UsageSpool>> spool = UsageSpool::Open(
      {.directory = options_.usage_spool,
       .boot_id = boot_id_,
       .shape = {.workers = options_.workers, .slots_per_worker = slots}});
  if (!spool.ok()) return spool.status();
  if (options_.usage_spool.empty()) {
    spdlog::info("no --usage-spool: undelivered usage goes with the process");
  }
  usage_.emplace(*std::move(spool), slots, options_.workers, clock_,
                 [this](std::shared_ptr<const EncodedBatch> batch) {
                   asio::post(loop_, [this, batch = std::move(batch)] {
                     if (client_.has_value()) client_->OfferUsage(batch);
                   });
                 });
  return absl::OkStatus();
}

void Node::BootFromCache() {
  const SnapshotCache cache(options_.snapshot_cache);
  RestoreFrom(cache, lanes_);
  cached_config_ = lanes_.config_version();
  cached_weights_ = lanes_.weights_version();
  cache_.emplace(cache);
}

absl::StatusOr<std::string> Node::StartWorkers() {
  std::string address = options_.listen;
  std::vector<ReportGather::Source> sources;
  for (std::uint32_t i = 0; i < options_.workers; ++i) {
    auto worker = std::make_unique<Worker>(
        WorkerOptions{
            .listen_address = address,
            .region = options_.region,
            .limits = LimitsOfWorker(options_.limits, options_.workers),
            .tls = tls_.client_port(),
            .usage_slots = &usage_->table(i),
            .access_log_sample =
                options_.access_log.empty()
                    ? std::nullopt
                    : std::optional(options_.access_log_sample),
            .trace_sample = traces_.sample(),
            .on_health_news = [this] { OnHealthNews(); }},
        clock_);
    const absl::StatusOr<std::string> bound = worker->Start();
    if (!bound.ok()) return bound.status();
    // With port 0, the others share the port that the first one got.
    address = *bound;
    sources.emplace_back(
        [asked = worker.get()](auto done) { asked->Collect(std::move(done)); });
    decision_sources_.push_back(
        [asked = worker.get()](DecisionQuery query, auto done) {
          asked->FindDecisions(std::move(query), std::move(done));
        });
    workers_.push_back(std::move(worker));
  }
  gather_.emplace(loop_.get_executor(), std::move(sources));
  reports_.emplace(loop_.get_executor(), workers_, boot_id_, clock_);
  if (lanes_.current().config != nullptr) Publish();
  return address;
}

absl::StatusOr<std::string> Node::StartOps() {
  AddPages(
      {.status =
           [this](std::function<void(const NodeStatus&)> done) {
             gather_->Gather(
                 [this, done = std::move(done)](const WorkerReport& report) {
                   done(StatusWith(report));
                 });
           },
       .readiness =
           [this] { return NodeReadinessOf(lanes_.current(), lifecycle_); }},
      ops_);
  return ops_.Start(options_.ops_listen);
}

void Node::StartClient(const std::string& http_address) {
  RoutingClientOptions options{
      .control_plane = options_.control_plane,
      .node_id = node_id_,
      .boot_id = boot_id_,
      .region = options_.region,
      .build_version = WEIR_VERSION,
      .listen_address = http_address,
      .credentials = [this] { return tls_.ControlPlane(); }};
  client_.emplace(
      std::move(options), lanes_,
      RoutingClient::Hooks{
          .on_change = [this] { Publish(); },
          .make_report =
              [this](ReportExtent extent,
                     std::function<void(routing::v1::Report)> done) {
                reports_->Make(extent, [this, done = std::move(done)](
                                           routing::v1::Report report) {
                  done(WithDemands(quotas_.Demands(), std::move(report)));
                });
              },
          .find_decisions =
              [this](const routing::v1::DecisionQuery& query, auto done) {
                FindDecisions(query, std::move(done));
              },
          .on_usage_ack =
              [this](std::uint64_t boot_id, std::uint64_t sequence) {
                usage_->OnAck(boot_id, sequence);
              },
          .on_quota = [this](const auto& update) { OnQuota(update); }},
      loop_.get_executor(), clock_, random_);
  client_->Start();
}

void Node::OnQuota(const routing::v1::QuotaUpdate& update) {
  if (quotas_.OnWord(QuotaWordOf(update))) Publish();
  for (const auto& worker : workers_) worker->OnQuotaWord();
}

void Node::FindDecisions(
    const routing::v1::DecisionQuery& query,
    std::function<void(routing::v1::DecisionAnswer)> done) {
  GatherDecisions(
      loop_.get_executor(), decision_sources_, FromProto(query), kDecisionLimit,
      [this, query,
       done = std::move(done)](const std::vector<DecisionBatch>& batches) {
        done(BuildDecisionAnswer(
            query, batches,
            {node_id_, options_.region, clock_.Now(), clock_.WallNow()}));
      });
}

void Node::Publish() {
  Snapshot snapshot = lanes_.current();
  if (snapshot.config == nullptr) return;
  snapshot.usage_names = published_.current().usage_names;
  if (published_.current().config != snapshot.config) {
    snapshot.usage_names = std::make_shared<UsageNames>(
        UsageNamesOf(*snapshot.config, usage_->names()));
  }
  snapshot.quotas = quotas_.Align(snapshot.config);
  if (!config_since_.has_value() || cached_config_ != lanes_.config_version()) {
    config_since_ = clock_.Now();
  }
  for (const auto& worker : workers_) worker->Replace(snapshot);
  published_.Publish(std::move(snapshot));
  WriteCache();
}

void Node::WriteCache() {
  const bool config_changed = cached_config_ != lanes_.config_version();
  const bool weights_due = cached_weights_ != lanes_.weights_version() &&
                           clock_.Now() - cache_written_ >= kWeightsCacheGap;
  if (!config_changed && !weights_due) return;
  cached_config_ = lanes_.config_version();
  cached_weights_ = lanes_.weights_version();
  cache_written_ = clock_.Now();
  if (cache_.has_value()) cache_->Write(lanes_.Stored());
}

void Node::Tick() {
  if (lanes_.Refresh() == Lanes::Change::kSnapshot) Publish();
  quotas_.Tick();
  published_.FreeUnused();
  WriteCache();
  if (tls_.Poll(clock_.WallNow()) == NodeTls::Change::kClientPort) {
    for (const auto& worker : workers_) worker->UseTls(tls_.client_port());
  }
  traces_.Poll(clock_.WallNow());
  After(tick_timer_, kTick, &Node::Tick);
}

void Node::After(asio::steady_timer& timer, absl::Duration delay,
                 void (Node::*then)()) {
  timer.expires_after(absl::ToChronoNanoseconds(delay));
  timer.async_wait([this, then](const boost::system::error_code& error) {
    if (!error) (this->*then)();
  });
}

void Node::OnHealthNews() {
  // One at a time, whatever flaps: the report takes the latest anyway.
  if (news_pending_.exchange(true)) return;
  asio::post(loop_, [this] {
    news_pending_ = false;
    if (client_.has_value()) client_->NoteNews();
  });
}

NodeStatus Node::StatusWith(const WorkerReport& report) const {
  NodeStatus status;
  status.report = report;
  status.snapshot = lanes_.current();
  status.readiness = NodeReadinessOf(lanes_.current(), lifecycle_);
  status.workers = options_.workers;
  status.certificates = tls_.Status();
  traces_.AddStatus(status.certificates);
  status.traces = traces_.Counts();
  status.weights_age = lanes_.weights_age();
  status.trust = lanes_.trust();
  status.warnings = lanes_.warnings().size();
  if (config_since_.has_value()) {
    status.config_age = clock_.Now() - *config_since_;
  }
  if (client_.has_value()) {
    status.link = client_->link();
    status.client = client_->counters();
  }
  if (access_log_ != nullptr) {
    status.access_lines_written = access_log_->lines_written();
    status.access_lines_dropped = access_log_->lines_dropped();
  }
  if (usage_.has_value()) status.usage = usage_->status();
  status.limits = quotas_.Status();
  if (cache_.has_value()) {
    status.cache_writes = cache_->writes();
    status.cache_write_failures = cache_->failures();
  }
  return status;
}

void Node::StartDrain(std::function<void()> done) {
  lifecycle_ = Lifecycle::kDraining;
  drained_ = std::move(done);
  drain_.emplace(clock_.Now(), options_.drain_delay, options_.drain_timeout);
  client_->StartDrain();
  for (const std::unique_ptr<Worker>& worker : workers_) worker->StartDrain();
  ContinueDrain();
}

void Node::ContinueDrain() {
  gather_->Gather([this](const WorkerReport& report) {
    switch (drain_->Next(
        clock_.Now(),
        std::uint64_t{report.requests_in_flight} + report.streams_in_flight)) {
      case Drain::Step::kEnd:
        return DeliverUsage();
      case Drain::Step::kStopAccepting:
        spdlog::info("no new connections any more; {} requests to end",
                     report.requests_in_flight);
        for (const auto& worker : workers_) worker->StopAccepting();
        break;
      case Drain::Step::kAccept:
      case Drain::Step::kWait:
        break;
    }
    After(drain_timer_, kDrainPoll, &Node::ContinueDrain);
  });
}

void Node::DeliverUsage() {
  if (client_->link() != RoutingClient::Link::kUp) return EndDrain();
  After(drain_timer_, kLastWordsLimit, &Node::EndDrain);
  usage_->Drain([this] { asio::post(loop_, [this] { EndDrain(); }); });
}

void Node::EndDrain() {
  drain_timer_.cancel();
  // Whichever comes first: the time or the last acknowledgement.
  auto drained = std::exchange(drained_, nullptr);
  if (drained) client_->Finish(kLastWordsLimit, std::move(drained));
}

void Node::Stop() {
  tick_timer_.cancel();
  drain_timer_.cancel();
  if (client_.has_value()) client_->Stop();
  ops_.Stop();
  // Nobody is asked any more; workers are.
  gather_.reset();
  reports_.reset();
  decision_sources_.clear();
  // Each may take a while to say goodbye: all at once.
  std::vector<std::thread> ends;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    ends.emplace_back([&worker] { worker->Stop(); });
  }
  for (std::thread& end : ends) end.join();
  if (access_log_ != nullptr) {
    for (const auto& worker : workers_) {
      access_log_->Write(worker->LastOfAccessLog());
    }
  }
  access_log_.reset();
  traces_.Finish(workers_, kLastWordsLimit);
  workers_.clear();
  usage_.reset();  // Flushes what they counted.
  cache_.reset();  // Writes what waits.
}

}  // namespace weir::dataplane
