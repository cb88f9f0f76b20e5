#include "cli/loadtest/load_run.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/loadtest/chat_answer.h"
#include "cli/loadtest/cost_guard.h"
#include "cli/loadtest/pace.h"
#include "common/concat.h"
#include "common/max_attempts.h"
#include "common/net/dial.h"
#include "common/net/http_exchange.h"
#include "common/net/task_group.h"
#include "common/net/timeout.h"
#include "common/net/transport.h"
#include "common/usage_cost.h"

namespace weir::loadtest {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

constexpr absl::Duration kConnectTimeout = absl::Seconds(10);
// As long as the longest answers that models give, in events of one token.
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;
// To one provider; each has a connection, and a process gets 1024 by default.
constexpr std::uint64_t kMaxInFlight = 200;
// Nodes keep connections much longer: none dies of age under a request.
constexpr std::chrono::seconds kMaxIdle{10};
constexpr std::chrono::milliseconds kBetweenLooks{100};

absl::Duration Since(TimePoint time) {
  return absl::FromChrono(SteadyClock::now() - time);
}

// One provider, and how far it is.
struct Lane {
  struct Idle {
    net::Transport transport;
    TimePoint since;
  };

  // Holds the secret.
  std::string request;
  // Of one attempt; 0 without a price.
  double worst_attempt = 0;
  Tally tally;
  std::uint64_t in_flight = 0;
  std::vector<Idle> idle = {};
  // Why no further request goes there; empty while they do.
  std::string stopped = {};
};

// Not thread-safe: everything happens on the loop, which Run() runs.
class LoadRun {
 public:
  LoadRun(const LoadPlan& plan,
          const std::function<void(const LoadProgress&)>& show);

  LoadResult Run();

 private:
  asio::awaitable<void> Pace(Lane& lane);
  // Until something has ended.
  asio::awaitable<void> WaitForChange();
  asio::awaitable<void> Ask(Lane& lane, TimePoint due);
  asio::awaitable<absl::StatusOr<net::HttpAnswer>> Send(Lane& lane,
                                                        TimePoint due,
                                                        ChatAnswer& answer);
  void OnEnd(Lane& lane, const Fate& fate, absl::Duration latency);
  static std::optional<net::Transport> TakeIdle(Lane& lane);

  void OnTick(error_code error);
  void Interrupt();
  LoadProgress Progress() const;
  std::uint64_t InFlight() const;
  double Reservation(const Lane& lane) const {
    return lane.worst_attempt * kMaxAttempts;
  }
  LoadResult TakeResult();

  const LoadPlan& plan_;
  const std::function<void(const LoadProgress&)>& show_;

  asio::io_context loop_{1};
  net::TaskGroup tasks_{loop_.get_executor()};
  asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  asio::steady_timer ticker_{loop_};
  // Never expires; cancelling it is the news.
  asio::steady_timer changed_{loop_, TimePoint::max()};

  // Lanes stay where they are: tasks refer to them.
  std::deque<Lane> lanes_;
  CostGuard guard_;
  bool interrupted_ = false;
  std::uint64_t cut_ = 0;
};

LoadRun::LoadRun(const LoadPlan& plan,
                 const std::function<void(const LoadProgress&)>& show)
    : plan_(plan), show_(show), guard_(plan.max_cost_usd) {
  const std::string body = BodyOf(plan.question);
  for (const LoadTarget& target : plan.targets) {
    const double worst =
        target.price.has_value()
            ? WorstCost(body.size(), plan.question.max_tokens, *target.price)
            : 0;
    lanes_.push_back(
        {.request = RequestText(plan.node.url, plan.key, target.provider, body),
         .worst_attempt = worst,
         .tally = Tally(target)});
  }
}

LoadResult LoadRun::Run() {
  signals_.async_wait([this](error_code error, int /*signal*/) {
    if (!error) Interrupt();
  });
  for (Lane& lane : lanes_) tasks_.Spawn(Pace(lane));
  asio::co_spawn(loop_, tasks_.Wait(), [this](const std::exception_ptr&) {
    signals_.cancel();
    ticker_.cancel();
  });
  OnTick({});
  loop_.run();
  show_(Progress());
  return TakeResult();
}

asio::awaitable<void> LoadRun::Pace(Lane& lane) {
  const TimePoint start = SteadyClock::now();
  asio::steady_timer timer(loop_);
  for (std::uint64_t i = 0; i < plan_.requests; ++i) {
    TimePoint due = start + absl::ToChronoNanoseconds(DueAfter(i, plan_.rate));
    timer.expires_at(due);
    co_await timer.async_wait(asio::use_awaitable);
    while (!guard_.Reserve(Reservation(lane))) {
      if (InFlight() == 0) {
        lane.stopped =
            Concat("stopped after ", i, " of ", plan_.requests,
                   " requests: one more might have cost more than --max-cost");
        co_return;
      }
      co_await WaitForChange();
      due = SteadyClock::now();  // No provider is to blame for this wait.
    }
    while (lane.in_flight >= kMaxInFlight) co_await WaitForChange();
    if (!lane.stopped.empty()) {
      guard_.Settle(Reservation(lane), 0);
      co_return;
    }
    ++lane.in_flight;
    tasks_.Spawn(Ask(lane, due));
  }
}

asio::awaitable<void> LoadRun::WaitForChange() {
  co_await changed_.async_wait(net::kUseTuple);
}

asio::awaitable<void> LoadRun::Ask(Lane& lane, TimePoint due) {
  ChatAnswer reading(plan_.question.delivery);
  auto sending = Send(lane, due, reading);
  const auto answer =
      co_await net::WithTimeout(std::move(sending), plan_.timeout);
  if (interrupted_) co_return;
  const absl::Duration latency = Since(due);
  OnEnd(lane, reading.End(answer, plan_.question.model), latency);
}

asio::awaitable<absl::StatusOr<net::HttpAnswer>> LoadRun::Send(
    Lane& lane, TimePoint due, ChatAnswer& reading) {
  std::optional<net::Transport> transport = TakeIdle(lane);
  if (!transport.has_value()) {
    auto dialed = co_await net::Dial(plan_.node, kConnectTimeout, nullptr);
    if (!dialed.ok()) co_return dialed.status();
    transport.emplace(*std::move(dialed));
  }
  net::ExchangeOptions options;
  options.max_answer_bytes = kMaxAnswerBytes;
  options.on_body = [&reading, due](int status, std::string_view body) {
    reading.OnBody(status, body, Since(due));
  };
  std::string request = lane.request;
  // A request that was lost is a failure and not sent again, which would cost
  // again.
  auto answer = co_await net::Exchange(*transport, std::move(request),
                                       std::move(options));
  if (answer.ok() && answer->reuse == net::Reuse::kKeepOpen) {
    lane.idle.push_back({*std::move(transport), SteadyClock::now()});
  }
  co_return answer;
}

std::optional<net::Transport> LoadRun::TakeIdle(Lane& lane) {
  if (lane.idle.empty()) return std::nullopt;
  Lane::Idle latest = std::move(lane.idle.back());
  lane.idle.pop_back();
  if (SteadyClock::now() - latest.since < kMaxIdle) {
    return std::move(latest.transport);
  }
  lane.idle.clear();  // The others have waited longer.
  return std::nullopt;
}

void LoadRun::OnEnd(Lane& lane, const Fate& fate, absl::Duration latency) {
  --lane.in_flight;
  guard_.Settle(Reservation(lane),
                ChargeOf(fate, CostOf(fate.usage, lane.tally.target().price),
                         lane.worst_attempt));
  lane.tally.Add(fate, latency);
  if (fate.is_final && lane.stopped.empty()) {
    lane.stopped = Concat(
        "stopped: ", fate.failure,
        "; the key must be allowed --model and, by its providers, this one");
  }
  changed_.cancel();
}

void LoadRun::OnTick(error_code error) {
  if (error) return;
  show_(Progress());
  ticker_.expires_after(kBetweenLooks);
  ticker_.async_wait([this](error_code failed) { OnTick(failed); });
}

void LoadRun::Interrupt() {
  interrupted_ = true;
  cut_ = InFlight();
  tasks_.Cancel();
}

std::uint64_t LoadRun::InFlight() const {
  std::uint64_t in_flight = 0;
  for (const Lane& lane : lanes_) in_flight += lane.in_flight;
  return in_flight;
}

LoadProgress LoadRun::Progress() const {
  LoadProgress progress;
  progress.in_flight = InFlight();
  progress.total = plan_.requests * lanes_.size();
  for (const Lane& lane : lanes_) {
    progress.ended += lane.tally.requests();
    progress.cost_usd += lane.tally.cost_usd();
  }
  return progress;
}

LoadResult LoadRun::TakeResult() {
  LoadResult result{.interrupted = interrupted_};
  for (Lane& lane : lanes_) {
    if (!lane.stopped.empty() && !interrupted_) {
      result.notes.push_back(
          Concat(lane.tally.target().provider, ": ", lane.stopped));
    }
    result.tallies.push_back(std::move(lane.tally));
  }
  if (interrupted_) {
    result.notes.push_back(
        Concat("interrupted; ", cut_,
               " requests were cut, and what they cost is in the ledger only"));
  }
  return result;
}

}  // namespace

std::optional<double> WorstRequestCost(const Question& question,
                                       const LoadTarget& target) {
  if (!target.price.has_value()) return std::nullopt;
  return kMaxAttempts *
         WorstCost(BodyOf(question).size(), question.max_tokens, *target.price);
}

LoadResult RunLoad(const LoadPlan& plan,
                   const std::function<void(const LoadProgress&)>& show) {
  return LoadRun(plan, show).Run();
}

}  // namespace weir::loadtest
