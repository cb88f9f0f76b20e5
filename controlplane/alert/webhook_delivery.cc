#include "controlplane/alert/webhook_delivery.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/net/task_group.h"
#include "common/random.h"
#include "controlplane/alert/delivery_log.h"
#include "controlplane/alert/webhook_queue.h"
#include "controlplane/alert/webhook_sender.h"
#include "controlplane/store/journal.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;

bool Wants(const config::v1::Webhook& webhook, const std::string& kind) {
  return webhook.alerts().empty() ||
         std::find(webhook.alerts().begin(), webhook.alerts().end(), kind) !=
             webhook.alerts().end();
}

}  // namespace

class WebhookDelivery::Impl {
 public:
  Impl(const Clock& clock, Random& random,
       std::unique_ptr<WebhookSender> sender)
      : clock_(clock),
        random_(random),
        keep_running_(loop_.get_executor()),
        sender_(std::move(sender)),
        running_(loop_.get_executor()) {}

  ~Impl() { Stop(); }

  void Start() {
    thread_ = std::thread([this] { loop_.run(); });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    running_.CancelAndBlock();
    keep_running_.reset();
    thread_.join();
  }

  void SetResources(std::shared_ptr<const config::v1::Resources> resources) {
    asio::post(loop_, [this, resources = std::move(resources)] {
      std::map<std::string, OutletPtr> outlets;
      for (const config::v1::Webhook& webhook : resources->webhooks()) {
        const auto known = outlets_.find(webhook.name());
        OutletPtr outlet = known == outlets_.end()
                               ? std::make_shared<Outlet>(loop_, random_)
                               : std::move(known->second);
        // Shares the whole: a webhook keeps the resources alive that it is of.
        outlet->webhook =
            std::shared_ptr<const config::v1::Webhook>(resources, &webhook);
        outlets.emplace(webhook.name(), std::move(outlet));
      }
      for (auto& [name, outlet] : outlets_) {
        if (outlet != nullptr) Close(*outlet);
      }
      outlets_ = std::move(outlets);
      for (const WaitingMessage& message : std::exchange(restored_, {})) {
        const auto outlet = outlets_.find(message.webhook);
        if (outlet != outlets_.end()) Queue(outlet->second, message.alert);
      }
      NoteWaiting();
    });
  }

  // Before the loop's thread runs.
  void Restore(std::vector<WaitingMessage> messages) {
    restored_ = std::move(messages);
    MutexLock lock(&mutex_);
    waiting_ = restored_;
  }

  std::vector<WaitingMessage> Waiting() const {
    MutexLock lock(&mutex_);
    return waiting_;
  }

  void Send(Alert alert) {
    asio::post(loop_, [this, alert = std::move(alert)] {
      for (auto& [name, outlet] : outlets_) {
        if (Wants(*outlet->webhook, alert.kind)) Queue(outlet, alert);
      }
      NoteWaiting();
    });
  }

  const DeliveryLog& log() const { return log_; }

 private:
  // One webhook.
  struct Outlet {
    Outlet(asio::io_context& loop, Random& random)
        : queue(random), next_try(loop) {}

    std::shared_ptr<const config::v1::Webhook> webhook;
    WebhookQueue queue;
    asio::steady_timer next_try;
    // Its queue is being worked on.
    bool busy = false;
    // It is no longer configured.
    bool closed = false;
  };
  using OutletPtr = std::shared_ptr<Outlet>;

  static void Close(Outlet& outlet) {
    outlet.closed = true;
    outlet.next_try.cancel();
  }

  void Queue(const OutletPtr& outlet, const Alert& alert) {
    const std::string& name = outlet->webhook->name();
    log_.OnQueued(alert.id, name);
    if (outlet->queue.Push(alert)) {
      log_.OnDropped(name);
      spdlog::warn("webhook {}: too many alerts wait, the oldest is dropped",
                   name);
    }
    if (std::exchange(outlet->busy, true)) return;
    running_.Spawn(Work(outlet));
  }

  void NoteWaiting() {
    std::vector<WaitingMessage> waiting;
    for (const auto& [name, outlet] : outlets_) {
      for (const Alert& alert : outlet->queue.waiting()) {
        waiting.push_back({name, alert});
      }
    }
    MutexLock lock(&mutex_);
    waiting_ = std::move(waiting);
  }

  asio::awaitable<void> Work(OutletPtr outlet) {
    while (!outlet->closed && !outlet->queue.empty()) {
      const absl::Duration delay = co_await TryFirst(outlet);
      if (delay == absl::ZeroDuration()) continue;
      outlet->next_try.expires_after(absl::ToChronoNanoseconds(delay));
      // A changed configuration may end the wait.
      co_await outlet->next_try.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    outlet->busy = false;
  }

  // Time until the next try.
  asio::awaitable<absl::Duration> TryFirst(OutletPtr outlet) {
    const Alert alert = outlet->queue.front();
    const std::string name = outlet->webhook->name();
    asio::awaitable<absl::Status> sending =
        sender_->Send(outlet->webhook, alert);
    const absl::Status status = co_await std::move(sending);
    const WebhookQueue::Verdict verdict =
        outlet->queue.OnTried(status, clock_.Now());
    NoteWaiting();
    log_.OnTried(alert.id, name, status, verdict.outcome, clock_.WallNow());
    if (verdict.outcome == WebhookQueue::Outcome::kRefused ||
        verdict.outcome == WebhookQueue::Outcome::kGivenUp) {
      spdlog::error("webhook {} did not take alert {}: {}", name, alert.id,
                    std::string(status.message()));
    } else if (!status.ok()) {
      spdlog::warn("webhook {} is tried again in {}: {}", name,
                   absl::FormatDuration(verdict.delay),
                   std::string(status.message()));
    }
    co_return verdict.delay;
  }

  const Clock& clock_;
  Random& random_;
  DeliveryLog log_;

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_;
  std::thread thread_;

  // On the loop's thread only.
  std::unique_ptr<WebhookSender> sender_;
  std::map<std::string, OutletPtr> outlets_;
  std::vector<WaitingMessage> restored_;
  net::TaskGroup running_;

  // As outlets_ have it.
  mutable Mutex mutex_;
  std::vector<WaitingMessage> waiting_ ABSL_GUARDED_BY(mutex_);
};

WebhookDelivery::WebhookDelivery(const Clock& clock, Random& random,
                                 std::unique_ptr<WebhookSender> sender)
    : impl_(std::make_unique<Impl>(clock, random, std::move(sender))) {}
WebhookDelivery::~WebhookDelivery() = default;

void WebhookDelivery::Restore(std::vector<WaitingMessage> messages) {
  impl_->Restore(std::move(messages));
}

std::vector<WaitingMessage> WebhookDelivery::Waiting() const {
  return impl_->Waiting();
}

void WebhookDelivery::Start() { impl_->Start(); }

void WebhookDelivery::Stop() { impl_->Stop(); }

void WebhookDelivery::SetResources(
    std::shared_ptr<const config::v1::Resources> resources) {
  impl_->SetResources(std::move(resources));
}

void WebhookDelivery::Send(Alert alert) { impl_->Send(std::move(alert)); }

std::map<std::string, DeliveryState> WebhookDelivery::StatesOf(
    const std::string& alert_id) const {
  return impl_->log().StatesOf(alert_id);
}

std::map<std::string, DeliveryCounts> WebhookDelivery::Counts() const {
  return impl_->log().Counts();
}

}  // namespace weir::controlplane
