#include "dataplane/quota_wait.h"

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/wakeup.h"
#include "dataplane/quota/limit.h"

namespace weir::dataplane {

io::Task<> QuotaWait::Ask(Limit& limit, Interrupt& interrupt) {
  const absl::Time until = clock_.Now() + kLongest;
  const std::uint64_t number = limit.Ask();
  on_news_();
  io::Wakeup over;
  io::TimerWheel::Timer timer(
      wheel_, [](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); },
      &over);
  timer.Set(until);
  const Interrupt::Scope scope(
      interrupt,
      {[](void* wakeup) { static_cast<io::Wakeup*>(wakeup)->Notify(); },
       &over});
  waiters_.push_back({&limit, number, &over});
  while (!limit.IsAnswered(number) && !interrupt.raised() &&
         clock_.Now() < until) {
    co_await over.Wait();
  }
  std::erase_if(waiters_,
                [&over](const Waiter& each) { return each.wakeup == &over; });
  const bool in_vain = !limit.IsAnswered(number) && !interrupt.raised();
  limit.EndAsk(in_vain ? Limit::AskEnd::kNoAnswer : Limit::AskEnd::kAnswered);
}

void QuotaWait::OnWord() {
  // Who is woken leaves, and may ask again: nobody who wakes now is another's
  // business.
  const std::vector<Waiter> waiters = waiters_;
  for (const Waiter& each : waiters) {
    if (each.limit->IsAnswered(each.number)) each.wakeup->Notify();
  }
}

}  // namespace weir::dataplane
