#include "controlplane/ticker.h"

#include <algorithm>
#include <utility>

namespace weir::controlplane {

void Ticker::Every(absl::Duration interval, std::function<void()> task) {
  // All in step, so that it wakes once for what is due together.
  const absl::Time first = tasks_.empty() ? clock_.Now() : tasks_[0].due;
  tasks_.push_back({interval, std::move(task), first});
}

void Ticker::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Ticker::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  changed_.SignalAll();
  if (thread_.joinable()) thread_.join();
}

void Ticker::Run() {
  for (;;) {
    const absl::Time next = RunDue();
    MutexLock lock(&mutex_);
    while (!stopping_ && clock_.Now() < next) {
      changed_.WaitFor(&mutex_, next - clock_.Now());
    }
    if (stopping_) return;
  }
}

absl::Time Ticker::RunDue() {
  absl::Time next = absl::InfiniteFuture();
  for (Task& task : tasks_) {
    const absl::Time now = clock_.Now();
    if (now >= task.due) {
      task.run();
      task.due += task.interval;
      if (task.due < now) task.due += absl::Ceil(now - task.due, task.interval);
    }
    next = std::min(next, task.due);
  }
  return next;
}

}  // namespace weir::controlplane
