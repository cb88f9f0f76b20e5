#include "dataplane/report_gather.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;

// A stuck worker's queue must not fill with questions.
constexpr int kMaxOpenQuestions = 4;

// One question to all.
struct Round {
  Round(asio::any_io_executor executor,
        std::function<void(const WorkerReport&)> when_done)
      : timer(std::move(executor)), done(std::move(when_done)) {}

  asio::steady_timer timer;
  std::function<void(const WorkerReport&)> done;
  std::size_t missing = 0;
};

}  // namespace

struct ReportGather::State : std::enable_shared_from_this<State> {
  struct Asked {
    Source source;
    WorkerReport last;
    int open_questions = 0;
  };

  void Ask(std::size_t worker, const std::shared_ptr<Round>& round) {
    if (workers[worker].open_questions >= kMaxOpenQuestions) return;
    ++workers[worker].open_questions;
    ++round->missing;
    workers[worker].source([weak = weak_from_this(), executor = executor,
                            worker, round](WorkerReport report) {
      asio::post(executor,
                 [weak, worker, round, report = std::move(report)]() mutable {
                   const std::shared_ptr<State> self = weak.lock();
                   if (self == nullptr) return;
                   --self->workers[worker].open_questions;
                   self->workers[worker].last = std::move(report);
                   if (--round->missing == 0) self->End(*round);
                 });
    });
  }

  void End(Round& round) {
    const auto done = std::exchange(round.done, nullptr);
    if (!done) return;
    round.timer.cancel();
    // Of thousands of targets a copy is no trifle.
    if (workers.size() == 1) return done(workers.front().last);
    WorkerReport merged;
    for (const Asked& worker : workers) Merge(worker.last, merged);
    done(merged);
  }

  asio::any_io_executor executor;
  absl::Duration limit;
  std::vector<Asked> workers;
};

ReportGather::ReportGather(asio::any_io_executor executor,
                           std::vector<Source> sources, absl::Duration limit)
    : state_(std::make_shared<State>()) {
  state_->executor = std::move(executor);
  state_->limit = limit;
  for (Source& source : sources) {
    state_->workers.push_back({std::move(source), {}, 0});
  }
}

ReportGather::~ReportGather() = default;

void ReportGather::Gather(std::function<void(const WorkerReport&)> done) {
  const auto round = std::make_shared<Round>(state_->executor, std::move(done));
  for (std::size_t i = 0; i < state_->workers.size(); ++i) {
    state_->Ask(i, round);
  }
  // With nobody to ask it is over at the loop's next turn.
  round->timer.expires_after(absl::ToChronoNanoseconds(
      round->missing == 0 ? absl::ZeroDuration() : state_->limit));
  round->timer.async_wait([weak = state_->weak_from_this(),
                           round](const boost::system::error_code& error) {
    const std::shared_ptr<State> self = weak.lock();
    if (!error && self != nullptr) self->End(*round);
  });
}

}  // namespace weir::dataplane
