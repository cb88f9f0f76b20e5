#include "controlplane/rpc/cost_desk.h"

#include <deque>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "controlplane/rpc/cost_report.h"

namespace weir::controlplane {

CostDesk::CostDesk(Ledger& ledger, const Registry& registry,
                   const Scoreboard& scoreboard, const Clock& clock)
    : ledger_(ledger),
      registry_(registry),
      scoreboard_(scoreboard),
      clock_(clock),
      thread_([this] { Run(); }) {}

void CostDesk::Ask(const admin::v1::GetCostReportRequest& request, Done done) {
  absl::Status refused;
  {
    MutexLock lock(&mutex_);
    if (!stopped_ && waiting_.size() < kMaxWaiting) {
      waiting_.push_back({request, std::move(done)});
      changed_.SignalAll();
      return;
    }
    refused = stopped_ ? absl::UnavailableError("the control plane stops")
                       : absl::ResourceExhaustedError(
                             "too many cost reports are asked for at once; "
                             "try again");
  }
  done(refused);
}

void CostDesk::Stop() {
  std::deque<Question> unanswered;
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    unanswered.swap(waiting_);
  }
  changed_.SignalAll();
  for (const Question& question : unanswered) {
    question.done(absl::UnavailableError("the control plane stops"));
  }
  if (thread_.joinable()) thread_.join();
}

void CostDesk::Run() {
  for (;;) {
    Question question;
    {
      MutexLock lock(&mutex_);
      while (!stopped_ && waiting_.empty()) changed_.Wait(&mutex_);
      if (stopped_) return;
      question = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const Registered current = registry_.Current();
    const std::shared_ptr<const FleetView> fleet = scoreboard_.View();
    question.done(
        MakeCostReport({ledger_, *current.resources, *fleet, clock_.WallNow()},
                       question.request));
  }
}

}  // namespace weir::controlplane
