#include "controlplane/rpc/desk.h"

#include <cstddef>
#include <deque>
#include <utility>

#include "absl/status/status.h"

namespace weir::controlplane {
namespace {

absl::Status Stopping() {
  return absl::UnavailableError("the control plane stops");
}

}  // namespace

Desk::Desk(std::size_t max_waiting)
    : max_waiting_(max_waiting), thread_([this] { Run(); }) {}

void Desk::Do(Task task) {
  absl::Status refused;
  {
    MutexLock lock(&mutex_);
    if (!stopped_ && waiting_.size() < max_waiting_) {
      waiting_.push_back(std::move(task));
      changed_.SignalAll();
      return;
    }
    refused = stopped_ ? Stopping()
                       : absl::ResourceExhaustedError(
                             "too many ask for it at once; try again");
  }
  task(refused);
}

void Desk::Stop() {
  std::deque<Task> unanswered;
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    unanswered.swap(waiting_);
  }
  changed_.SignalAll();
  for (const Task& task : unanswered) task(Stopping());
  if (thread_.joinable()) thread_.join();
}

void Desk::Run() {
  for (;;) {
    Task task;
    {
      MutexLock lock(&mutex_);
      while (!stopped_ && waiting_.empty()) changed_.Wait(&mutex_);
      if (stopped_) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task(absl::OkStatus());
  }
}

}  // namespace weir::controlplane
