#include "controlplane/probe/probe_loop.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/net/task_group.h"
#include "common/random.h"
#include "controlplane/health/evidence.h"
#include "controlplane/probe/probe_target.h"
#include "controlplane/probe/prober.h"
#include "controlplane/probe/schedule.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

namespace asio = boost::asio;
namespace {

// A refused credential's first check comes after ten of these.
constexpr absl::Duration kCheckInterval = absl::Seconds(1);

// What falls due within this much is begun together: to sleep and wake for each
// of a thousand targets takes more of a processor than to ask them.
constexpr absl::Duration kTogether = absl::Milliseconds(50);

}  // namespace

class ProbeLoop::Impl {
 public:
  Impl(const Clock& clock, Random& random, std::unique_ptr<Prober> prober,
       Scoreboard& scoreboard, ProviderBoard& providers)
      : clock_(clock),
        scoreboard_(scoreboard),
        providers_(providers),
        keep_running_(loop_.get_executor()),
        wake_(loop_),
        next_check_(loop_),
        running_(loop_.get_executor()),
        prober_(std::move(prober)),
        schedule_(random) {}

  ~Impl() { Stop(); }

  void Start() {
    thread_ = std::thread([this] { loop_.run(); });
  }

  void SetResources(std::shared_ptr<const config::v1::Resources> resources) {
    asio::post(loop_, [this, resources = std::move(resources)] {
      resources_ = resources;
      targets_ = TargetsToProbe(resources);
      std::map<TargetId, absl::Duration> intervals;
      for (const auto& [id, target] : targets_) {
        intervals.emplace(id, target.check.interval);
      }
      schedule_.SetTargets(intervals, clock_.Now());
      StartWhatIsDue();
      CheckCredentials();
    });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(loop_, [this] {
      stopping_ = true;
      wake_.cancel();
      next_check_.cancel();
    });
    running_.CancelAndBlock();
    keep_running_.reset();
    thread_.join();
  }

 private:
  void StartWhatIsDue() {
    if (stopping_) return;
    const absl::Time now = clock_.Now();
    const std::size_t room =
        kMaxProbesAtOnce - std::min(running_.size(), kMaxProbesAtOnce);
    for (const TargetId& id : schedule_.TakeDue(room, now)) {
      running_.Spawn(ProbeOne(id, targets_.at(id)));
    }
    // With no room left, the next probe that ends comes here.
    const auto next = schedule_.NextDue();
    if (!next.has_value() || running_.size() >= kMaxProbesAtOnce) return;
    WakeAt(std::max(*next, now + kTogether));
  }

  // Unless it wakes before.
  void WakeAt(absl::Time time) {
    if (wakes_at_ <= time) return;
    wakes_at_ = time;
    wake_.expires_after(absl::ToChronoNanoseconds(time - clock_.Now()));
    wake_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      wakes_at_ = absl::InfiniteFuture();
      StartWhatIsDue();
    });
  }

  asio::awaitable<void> ProbeOne(TargetId id, ProbeTarget target) {
    const std::string provider = target.provider->name();
    target.refused = providers_.Refused(provider);
    if (target.check.kind == config::v1::PROBE_KIND_CHAT &&
        providers_.BudgetReached(provider)) {
      target.check.kind = config::v1::PROBE_KIND_MODELS;
    }
    const bool is_chat = target.check.kind == config::v1::PROBE_KIND_CHAT;
    const auto answer = co_await prober_->Probe(std::move(target));
    // A cancelled probe says nothing of its target.
    if (stopping_) co_return;
    if (answer.has_value()) {
      scoreboard_.OnProbe(id, answer->result);
      providers_.OnProbe(provider, answer->cost_usd);
      for (const CredentialSight& sight : answer->credentials) {
        // What a cheap probe may have, work need not: checks find that out, in
        // their own time.
        if (!is_chat &&
            sight.answer.kind == CredentialAnswer::Kind::kAccepted) {
          continue;
        }
        providers_.OnAnswer({provider, sight.position}, sight.answer);
      }
    }
    schedule_.Finished(id,
                       scoreboard_.Turning(id) ? Pace::kTurning : Pace::kSteady,
                       clock_.Now());
    // This probe still takes its room; the next turn of the loop has it.
    asio::post(loop_, [this] { StartWhatIsDue(); });
  }

  // Asks with the credentials that are due, and comes back in a second.
  void CheckCredentials() {
    if (stopping_) return;
    for (CredentialId& due : providers_.TakeDue()) {
      running_.Spawn(CheckOne(std::move(due)));
    }
    next_check_.expires_after(absl::ToChronoNanoseconds(kCheckInterval));
    next_check_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) CheckCredentials();
    });
  }

  asio::awaitable<void> CheckOne(CredentialId credential) {
    CredentialAnswer answer;
    if (const auto provider = FindProvider(credential.provider)) {
      answer = co_await prober_->CheckCredential(provider, credential.position);
    }
    if (!stopping_) providers_.OnAnswer(credential, answer);
  }

  std::shared_ptr<const config::v1::Provider> FindProvider(
      const std::string& name) const {
    for (const config::v1::Provider& provider : resources_->providers()) {
      if (provider.name() == name) return {resources_, &provider};
    }
    return nullptr;
  }

  const Clock& clock_;
  Scoreboard& scoreboard_;
  ProviderBoard& providers_;

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_;
  std::thread thread_;

  // On the loop's thread only.
  asio::steady_timer wake_;
  absl::Time wakes_at_ = absl::InfiniteFuture();
  asio::steady_timer next_check_;
  net::TaskGroup running_;
  std::unique_ptr<Prober> prober_;  // Its connections are of loop_.
  Schedule schedule_;
  std::shared_ptr<const config::v1::Resources> resources_;
  std::map<TargetId, ProbeTarget> targets_;
  bool stopping_ = false;
};

ProbeLoop::ProbeLoop(const Clock& clock, Random& random,
                     std::unique_ptr<Prober> prober, Scoreboard& scoreboard,
                     ProviderBoard& providers)
    : impl_(std::make_unique<Impl>(clock, random, std::move(prober), scoreboard,
                                   providers)) {}
ProbeLoop::~ProbeLoop() = default;

void ProbeLoop::Start() { impl_->Start(); }

void ProbeLoop::SetResources(
    std::shared_ptr<const config::v1::Resources> resources) {
  impl_->SetResources(std::move(resources));
}

void ProbeLoop::Stop() { impl_->Stop(); }

}  // namespace weir::controlplane
