#include "dataplane/sync/routing_client.h"

#include <grpcpp/support/status.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/random.h"
#include "dataplane/sync/address_round.h"
#include "dataplane/sync/control_channel.h"
#include "dataplane/sync/greeting.h"
#include "dataplane/sync/lane_answer.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/offered_usage.h"
#include "dataplane/sync/report_pace.h"
#include "dataplane/sync/subscribe_stream.h"
#include "dataplane/sync/version.h"
#include "weir/routing/v1/routing.grpc.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using Slot = SubscribeStream::Slot;

// Heartbeats in a row that name a version which did not come before we ask
// again: the first may have crossed the update on its way.
constexpr int kHeartbeatsToResync = 2;

}  // namespace

class RoutingClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(RoutingClientOptions options, Lanes& lanes, Hooks hooks,
       asio::any_io_executor executor, const Clock& clock, Random& random)
      : options_(std::move(options)),
        hooks_(std::move(hooks)),
        executor_(executor),
        clock_(clock),
        lanes_(lanes),
        round_(options_.control_plane),
        backoff_(options_.backoff_base, options_.backoff_cap, random),
        pace_(random),
        reconnect_timer_(executor),
        silence_timer_(executor),
        report_timer_(executor),
        finish_timer_(executor) {}

  void Connect();
  void NoteNews();
  void OfferUsage(std::shared_ptr<const EncodedBatch> batch);
  void StartDrain();
  void Finish(absl::Duration limit, std::function<void()> done);
  void Stop();

  Link link() const { return link_; }
  const RoutingClientCounters& counters() const { return counters_; }

 private:
  void OnMessage(const routing::v1::SubscribeResponse& message);
  void OnWelcome(const routing::v1::Welcome& welcome);
  void OnConfig(const routing::v1::ConfigUpdate& update);
  void OnWeights(const routing::v1::WeightsUpdate& update);
  void OnHeartbeat(const routing::v1::Heartbeat& heartbeat);
  void OnDecisionQuery(const routing::v1::DecisionQuery& query);
  void OnUsageAck(const routing::v1::UsageAck& ack);
  void OnEnd(const grpc::Status& status);
  void OnFinished();
  void OnSilence();

  void Answer(SubscribeStream::Slot slot, routing::v1::Lane lane,
              const routing::v1::Version& offered, const LaneOutcome& outcome,
              const std::optional<Version>& running);
  void ScheduleReport();
  void MakeReport();
  void SendUsage();
  void Send(routing::v1::Report report);
  void WatchSilence();
  // Runs `then` when `timer` expires, unless it was set anew or we stopped.
  void After(asio::steady_timer& timer, absl::Duration delay,
             void (Impl::*then)());

  const RoutingClientOptions options_;
  const Hooks hooks_;
  const asio::any_io_executor executor_;
  const Clock& clock_;
  Lanes& lanes_;
  AddressRound round_;
  Backoff backoff_;
  ReportPace pace_;
  RoutingClientCounters counters_;
  std::shared_ptr<routing::v1::Routing::Stub> stub_;
  std::shared_ptr<SubscribeStream> stream_;
  Link link_ = Link::kDown;
  absl::Duration silence_limit_;
  bool heard_ = false;
  int heartbeats_behind_ = 0;
  bool report_in_the_making_ = false;
  OfferedUsage usage_;
  bool draining_ = false;
  std::function<void()> finished_;
  bool stopped_ = false;
  asio::steady_timer reconnect_timer_;
  asio::steady_timer silence_timer_;
  asio::steady_timer report_timer_;
  asio::steady_timer finish_timer_;
};

void RoutingClient::Impl::After(asio::steady_timer& timer, absl::Duration delay,
                                void (Impl::*then)()) {
  timer.expires_after(absl::ToChronoNanoseconds(delay));
  timer.async_wait([weak = weak_from_this(), &timer,
                    then](const boost::system::error_code& error) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (error || self == nullptr || self->stopped_) return;
    // Expired, and set anew before this ran.
    if (timer.expiry() > std::chrono::steady_clock::now()) return;
    (self.get()->*then)();
  });
}

void RoutingClient::Impl::Connect() {
  silence_limit_ = options_.silence_limit;
  heard_ = false;
  heartbeats_behind_ = 0;
  ++counters_.connects;
  routing::v1::SubscribeRequest hello = HelloOf(options_, lanes_);
  // Stop() ends the stream's events, so the handlers find a running client or
  // none.
  const std::weak_ptr<Impl> weak = weak_from_this();
  std::shared_ptr<routing::v1::Routing::Stub> stub =
      NewRoutingStub(round_.current(), options_.credentials());
  stream_ = SubscribeStream::Start(
      stub, std::move(hello), executor_,
      {.on_message =
           [weak](const routing::v1::SubscribeResponse& message) {
             if (auto self = weak.lock()) self->OnMessage(message);
           },
       .on_end =
           [weak](const grpc::Status& status) {
             if (auto self = weak.lock()) self->OnEnd(status);
           }});
  // The old channel goes only now: without any, gRPC would end its callback
  // threads, and this one would wait for them.
  stub_ = std::move(stub);
  if (draining_) StartDrain();
  WatchSilence();
}

void RoutingClient::Impl::WatchSilence() {
  After(silence_timer_, silence_limit_, &Impl::OnSilence);
}

void RoutingClient::Impl::OnSilence() {
  spdlog::warn("control plane {} said nothing for {}: connecting anew",
               round_.current(), absl::FormatDuration(silence_limit_));
  if (stream_ != nullptr) stream_->Cancel();
}

void RoutingClient::Impl::OnMessage(
    const routing::v1::SubscribeResponse& message) {
  heard_ = true;
  WatchSilence();
  switch (message.message_case()) {
    case routing::v1::SubscribeResponse::kWelcome:
      return OnWelcome(message.welcome());
    case routing::v1::SubscribeResponse::kConfig:
      return OnConfig(message.config());
    case routing::v1::SubscribeResponse::kWeights:
      return OnWeights(message.weights());
    case routing::v1::SubscribeResponse::kHeartbeat:
      return OnHeartbeat(message.heartbeat());
    case routing::v1::SubscribeResponse::kDecisions:
      return OnDecisionQuery(message.decisions());
    case routing::v1::SubscribeResponse::kUsage:
      return OnUsageAck(message.usage());
    case routing::v1::SubscribeResponse::kQuota:
      ++counters_.updates[{"quota", NameOf(LaneOutcome::Kind::kApplied)}];
      return hooks_.on_quota(message.quota());
    case routing::v1::SubscribeResponse::MESSAGE_NOT_SET:
      ++counters_.unknown_messages;
  }
}

void RoutingClient::Impl::OnWelcome(const routing::v1::Welcome& welcome) {
  spdlog::info("connected to control plane {}, epoch {}", round_.current(),
               welcome.epoch());
  link_ = Link::kUp;
  silence_limit_ = SilenceLimitOf(welcome).value_or(silence_limit_);
  WatchSilence();
  pace_.Begin(clock_.Now(), ReportTermsOf(welcome));
  ScheduleReport();
  SendUsage();
}

void RoutingClient::Impl::OnConfig(const routing::v1::ConfigUpdate& update) {
  const LaneOutcome outcome =
      lanes_.OfferConfig(FromProto(update.version()), update.resources());
  Answer(Slot::kConfigAnswer, routing::v1::LANE_CONFIG, update.version(),
         outcome, lanes_.config_version());
}

void RoutingClient::Impl::OnWeights(const routing::v1::WeightsUpdate& update) {
  const LaneOutcome outcome =
      lanes_.OfferWeights(FromProto(update.version()), update.weights());
  Answer(Slot::kWeightsAnswer, routing::v1::LANE_WEIGHTS, update.version(),
         outcome, lanes_.weights_version());
}

void RoutingClient::Impl::Answer(Slot slot, routing::v1::Lane lane,
                                 const routing::v1::Version& offered,
                                 const LaneOutcome& outcome,
                                 const std::optional<Version>& running) {
  heartbeats_behind_ = 0;
  ++counters_.updates[{NameOf(lane), NameOf(outcome.kind)}];
  LogOutcome(lane, FromProto(offered), outcome);
  // Before the Ack: it says that the node runs the version.
  if (outcome.kind == LaneOutcome::Kind::kApplied) hooks_.on_change();
  stream_->Send(slot, AnswerFor(lane, offered, outcome, running));
}

void RoutingClient::Impl::OnHeartbeat(const routing::v1::Heartbeat& heartbeat) {
  if (lanes_.OnHeartbeat(heartbeat) == Lanes::Agreement::kInStep) {
    heartbeats_behind_ = 0;
    return;
  }
  if (++heartbeats_behind_ < kHeartbeatsToResync) return;
  spdlog::warn("the control plane runs ahead of this node: connecting anew");
  stream_->Cancel();
}

void RoutingClient::Impl::OnDecisionQuery(
    const routing::v1::DecisionQuery& query) {
  // Only who asked is answered.
  hooks_.find_decisions(query, [weak = weak_from_this(), asker = stream_](
                                   routing::v1::DecisionAnswer answer) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (self == nullptr || self->stopped_ || self->stream_ != asker) return;
    routing::v1::SubscribeRequest request;
    *request.mutable_decisions() = std::move(answer);
    asker->Send(Slot::kDecisions, std::move(request));
  });
}

void RoutingClient::Impl::OfferUsage(
    std::shared_ptr<const EncodedBatch> batch) {
  usage_.Offer(std::move(batch));
  SendUsage();
}

void RoutingClient::Impl::SendUsage() {
  if (link_ != Link::kUp) return;
  std::optional<routing::v1::SubscribeRequest> message = usage_.Message();
  if (!message.has_value()) return;
  stream_->Send(Slot::kUsage, *std::move(message));
  ++counters_.usage_batches_sent;
}

void RoutingClient::Impl::OnUsageAck(const routing::v1::UsageAck& ack) {
  usage_.OnAck(ack);
  if (hooks_.on_usage_ack) hooks_.on_usage_ack(ack.boot_id(), ack.sequence());
}

void RoutingClient::Impl::OnEnd(const grpc::Status& status) {
  stream_.reset();
  silence_timer_.cancel();
  pace_.End();
  const Link before = std::exchange(link_, Link::kDown);
  if (finished_) return OnFinished();
  // A message too large comes again with every new stream: no hurry.
  if (heard_ && status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
    backoff_.Reset();
  }
  const std::string asked = round_.current();
  const bool at_once = heard_ ? round_.OnLost() : round_.OnRefused();
  const absl::Duration delay = at_once ? absl::ZeroDuration() : backoff_.Next();
  spdlog::log(before == Link::kUp ? spdlog::level::warn : spdlog::level::info,
              "no stream to control plane {}: {}; again in {}", asked,
              status.error_message(),
              absl::FormatDuration(absl::Trunc(delay, absl::Milliseconds(1))));
  After(reconnect_timer_, delay, &Impl::Connect);
}

void RoutingClient::Impl::NoteNews() {
  pace_.News(clock_.Now());
  ScheduleReport();
}

void RoutingClient::Impl::ScheduleReport() {
  if (pace_.due() == absl::InfiniteFuture()) return;
  After(report_timer_,
        std::max(absl::ZeroDuration(), pace_.due() - clock_.Now()),
        &Impl::MakeReport);
}

void RoutingClient::Impl::MakeReport() {
  // ScheduleReport() follows when the one in the making is done.
  if (link_ != Link::kUp || report_in_the_making_) return;
  report_in_the_making_ = true;
  // One that waits to be sent still is replaced by this.
  if (stream_->Waits(Slot::kReport)) pace_.Lost();
  // From here on: what happens while it is made belongs into the next.
  hooks_.make_report(pace_.Sent(clock_.Now()),
                     [weak = weak_from_this()](routing::v1::Report report) {
                       const std::shared_ptr<Impl> self = weak.lock();
                       if (self == nullptr || self->stopped_) return;
                       self->report_in_the_making_ = false;
                       self->pace_.Weigh(report.targets_size());
                       if (self->link_ == Link::kUp)
                         self->Send(std::move(report));
                       self->ScheduleReport();
                     });
}

void RoutingClient::Impl::Send(routing::v1::Report report) {
  routing::v1::SubscribeRequest request;
  *request.mutable_report() = std::move(report);
  stream_->Send(Slot::kReport, std::move(request));
  ++counters_.reports_sent;
}

void RoutingClient::Impl::StartDrain() {
  draining_ = true;
  if (stream_ == nullptr) return;
  routing::v1::SubscribeRequest request;
  request.mutable_draining();
  stream_->Send(Slot::kDraining, std::move(request));
}

void RoutingClient::Impl::Finish(absl::Duration limit,
                                 std::function<void()> done) {
  pace_.End();
  if (link_ != Link::kUp) return done();
  finished_ = std::move(done);
  After(finish_timer_, limit, &Impl::OnFinished);
  hooks_.make_report(ReportExtent::kWhole, [weak = weak_from_this()](
                                               routing::v1::Report report) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (self == nullptr || self->stopped_ || self->link_ != Link::kUp) return;
    self->Send(std::move(report));
    self->stream_->SendNoMore();
  });
}

void RoutingClient::Impl::OnFinished() {
  if (auto finished = std::exchange(finished_, nullptr)) finished();
}

void RoutingClient::Impl::Stop() {
  if (std::exchange(stopped_, true)) return;
  for (asio::steady_timer* timer :
       {&reconnect_timer_, &silence_timer_, &report_timer_, &finish_timer_}) {
    timer->cancel();
  }
  if (stream_ != nullptr) stream_->CancelAndWait();
  stream_.reset();
  link_ = Link::kDown;
}

RoutingClient::RoutingClient(RoutingClientOptions options, Lanes& lanes,
                             Hooks hooks, asio::any_io_executor executor,
                             const Clock& clock, Random& random)
    : impl_(std::make_shared<Impl>(std::move(options), lanes, std::move(hooks),
                                   std::move(executor), clock, random)) {}

RoutingClient::~RoutingClient() { impl_->Stop(); }

void RoutingClient::Start() { impl_->Connect(); }
void RoutingClient::NoteNews() { impl_->NoteNews(); }
void RoutingClient::OfferUsage(std::shared_ptr<const EncodedBatch> batch) {
  impl_->OfferUsage(std::move(batch));
}
void RoutingClient::StartDrain() { impl_->StartDrain(); }
void RoutingClient::Finish(absl::Duration limit, std::function<void()> done) {
  impl_->Finish(limit, std::move(done));
}
void RoutingClient::Stop() { impl_->Stop(); }
RoutingClient::Link RoutingClient::link() const { return impl_->link(); }
const RoutingClientCounters& RoutingClient::counters() const {
  return impl_->counters();
}

}  // namespace weir::dataplane
