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
#include "controlplane/scoreboard.h"

namespace weir::controlplane {

namespace asio = boost::asio;

class ProbeLoop::Impl {
 public:
  Impl(const Clock& clock, Random& random, std::unique_ptr<Prober> prober,
       Scoreboard& scoreboard)
      : clock_(clock),
        scoreboard_(scoreboard),
        keep_running_(loop_.get_executor()),
        wake_(loop_),
        running_(loop_.get_executor()),
        prober_(std::move(prober)),
        schedule_(random) {}

  ~Impl() { Stop(); }

  void Start() {
    thread_ = std::thread([this] { loop_.run(); });
  }

  void SetResources(std::shared_ptr<const config::v1::Resources> resources) {
    asio::post(loop_, [this, resources = std::move(resources)] {
      targets_ = TargetsToProbe(resources);
      std::map<TargetId, absl::Duration> intervals;
      for (const auto& [id, target] : targets_) {
        intervals.emplace(id, target.check.interval);
      }
      schedule_.SetTargets(intervals, clock_.Now());
      StartWhatIsDue();
    });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    asio::post(loop_, [this] {
      stopping_ = true;
      wake_.cancel();
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
    wake_.expires_after(
        absl::ToChronoNanoseconds(std::max(*next - now, absl::ZeroDuration())));
    wake_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) StartWhatIsDue();
    });
  }

  asio::awaitable<void> ProbeOne(TargetId id, ProbeTarget target) {
    const auto result = co_await prober_->Probe(std::move(target));
    // A cancelled probe says nothing of its target.
    if (stopping_) co_return;
    if (result.has_value()) scoreboard_.OnProbe(id, *result);
    schedule_.Finished(id,
                       scoreboard_.Turning(id) ? Pace::kTurning : Pace::kSteady,
                       clock_.Now());
    // This probe still takes its room; the next turn of the loop has it.
    asio::post(loop_, [this] { StartWhatIsDue(); });
  }

  const Clock& clock_;
  Scoreboard& scoreboard_;

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_;
  std::thread thread_;

  // On the loop's thread only.
  asio::steady_timer wake_;
  net::TaskGroup running_;
  std::unique_ptr<Prober> prober_;  // Its connections are of loop_.
  Schedule schedule_;
  std::map<TargetId, ProbeTarget> targets_;
  bool stopping_ = false;
};

ProbeLoop::ProbeLoop(const Clock& clock, Random& random,
                     std::unique_ptr<Prober> prober, Scoreboard& scoreboard)
    : impl_(std::make_unique<Impl>(clock, random, std::move(prober),
                                   scoreboard)) {}
ProbeLoop::~ProbeLoop() = default;

void ProbeLoop::Start() { impl_->Start(); }

void ProbeLoop::SetResources(
    std::shared_ptr<const config::v1::Resources> resources) {
  impl_->SetResources(std::move(resources));
}

void ProbeLoop::Stop() { impl_->Stop(); }

}  // namespace weir::controlplane
