#include "dataplane/worker.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/random.h"
#include "common/tls/openssl.h"
#include "dataplane/accept/listener.h"
#include "dataplane/accept/session.h"
#include "dataplane/access/access_log.h"
#include "dataplane/account/account.h"
#include "dataplane/attempt/http_upstream.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/current_snapshot.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/io/reactor.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/turn_clock.h"
#include "dataplane/pipeline.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/quota_wait.h"
#include "dataplane/read/admission.h"
#include "dataplane/read/load_shedding.h"
#include "dataplane/thread_order.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/understand/body_scan.h"
#include "dataplane/usage/usage_book.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;

// How long interrupted sessions have to say goodbye.
constexpr absl::Duration kGoodbye = absl::Seconds(2);

// Copied at once for a report: some 0.2 ms.
constexpr std::size_t kTargetsATurn = 256;

std::function<void()> OrNothing(std::function<void()> listener) {
  return listener ? std::move(listener) : [] {};
}

}  // namespace

// Everything below `loop_` is used on the worker's thread only.
class Worker::Impl {
 public:
  Impl(WorkerOptions options, const Clock& clock)
      : options_(std::move(options)),
        tls_(options_.tls),
        // One thread runs the loop; others only submit tasks to it.
        loop_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
        work_(loop_.get_executor()),
        reactor_(asio::use_service<io::Reactor>(loop_)),
        clock_(reactor_, clock),
        wheel_(loop_, clock_),
        upstream_(loop_, wheel_, random_),
        admission_(options_.limits),
        shedding_(wheel_),
        quota_wait_(wheel_, clock_, OrNothing(options_.on_health_news)),
        usage_(options_.usage_slots, clock_),
        access_log_(MakeAccessLog()),
        traces_(MakeTraceLog()),
        decisions_(clock_),
        context_{{upstream_, budget_, random_, clock_, wheel_,
                  OrNothing(options_.on_health_news), &usage_},
                 current_,
                 admission_,
                 shedding_,
                 account_,
                 usage_,
                 access_log_.has_value() ? &*access_log_ : nullptr,
                 traces_.has_value() ? &*traces_ : nullptr,
                 decisions_,
                 quota_wait_,
                 scanner_,
                 draining_},
        listener_(loop_,
                  [this](asio::ip::tcp::socket s) { Accept(std::move(s)); }),
        goodbye_(loop_) {}

  absl::StatusOr<std::string> Start() {
    auto address = listener_.Start(options_.listen_address);
    if (!address.ok()) return address.status();
    reactor_.SetLinger(true);
    thread_ = std::thread([this] {
      ServeWithoutDelay();
      loop_.run();
    });
    return address;
  }

  void Post(std::function<void()> task) { reactor_.Submit(std::move(task)); }

  void Replace(Snapshot snapshot) {
    Post([this, snapshot = std::move(snapshot)] {
      current_.Replace(snapshot, live_, clock_.Now());
    });
  }

  void OnQuotaWord() {
    Post([this] { quota_wait_.OnWord(); });
  }

  void UseTls(tls::ContextPtr context) {
    Post([this, context = std::move(context)] { tls_ = context; });
  }

  void Collect(std::function<void(WorkerReport)> done) {
    Post([this, done = std::move(done)]() mutable {
      auto collection = std::make_shared<Collection>();
      collection->report = account_.Copy();
      collection->done = std::move(done);
      usage_.AddTo(collection->report);
      CollectTargets(collection);
    });
  }

  void CollectChanges(std::function<void(std::vector<TargetChange>)> some,
                      std::function<void(WorkerReport)> done) {
    Post([this, some = std::move(some), done = std::move(done)]() mutable {
      TellChanges(std::make_shared<Changes>(
          Changes{live_.TakeChanged(), 0, std::move(some), std::move(done)}));
    });
  }

  void FindDecisions(DecisionQuery query,
                     std::function<void(DecisionBatch)> done) {
    Post([this, query = std::move(query), done = std::move(done)] {
      done(decisions_.Find(query));
    });
  }

  void TakeAccessLog(std::function<void(AccessLog::Lines)> done) {
    Post([this, done = std::move(done)] { done(LastOfAccessLog()); });
  }
  AccessLog::Lines LastOfAccessLog() {
    return access_log_.has_value() ? access_log_->Take() : AccessLog::Lines();
  }

  void TakeTraces(std::function<void(TraceLog::Batch)> done) {
    Post([this, done = std::move(done)] { done(LastOfTraces()); });
  }
  TraceLog::Batch LastOfTraces() {
    return traces_.has_value() ? traces_->Take() : TraceLog::Batch();
  }

  void StartDrain() {
    Post([this] { draining_ = true; });
  }

  void StopAccepting() {
    Post([this] {
      listener_.Stop();
      for (const auto& [key, session] : sessions_) {
        if (session->idle()) session->Stop();
      }
    });
  }

  void Stop() {
    if (!thread_.joinable()) return;
    Post([this] {
      listener_.Stop();
      stopping_ = true;
      // A copy: one that waits for its next attempt ends at once, and is gone.
      const auto running = sessions_;
      for (const auto& [key, session] : running) session->Stop();
      if (sessions_.empty()) return EndLoop();
      goodbye_.expires_after(absl::ToChronoNanoseconds(kGoodbye));
      goodbye_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        for (const auto& [key, session] : sessions_) session->Abort();
      });
    });
    thread_.join();
  }

 private:
  // A report in the making.
  struct Collection {
    WorkerReport report;
    std::function<void(WorkerReport)> done;
    std::size_t targets = 0;
  };

  // Changed targets that are being told.
  struct Changes {
    std::vector<TargetLive*> targets;
    std::size_t told = 0;
    std::function<void(std::vector<TargetChange>)> some;
    std::function<void(WorkerReport)> done;
  };

  // A part of them, with requests in between.
  void TellChanges(const std::shared_ptr<Changes>& changes) {
    const std::size_t end =
        std::min(changes->told + kTargetsATurn, changes->targets.size());
    std::vector<TargetChange> part;
    part.reserve(end - changes->told);
    for (; changes->told < end; ++changes->told) {
      part.push_back(
          LiveState::ChangeOf(*changes->targets[changes->told], clock_.Now()));
    }
    if (!part.empty()) changes->some(std::move(part));
    if (end < changes->targets.size()) {
      return Post([this, changes] { TellChanges(changes); });
    }
    WorkerReport report = account_.report;
    live_.AddRefusedTo(report);
    AddGaugesTo(report);
    changes->done(std::move(report));
  }

  void AddGaugesTo(WorkerReport& report) {
    report.connections_open = static_cast<std::uint32_t>(sessions_.size());
    report.requests_in_flight =
        static_cast<std::uint32_t>(admission_.requests());
    report.body_bytes_in_flight = admission_.bytes();
    report.shed_share = shedding_.share();
  }

  // The same of all.
  void CollectTargets(const std::shared_ptr<Collection>& collection) {
    WorkerReport& report = collection->report;
    const std::size_t first =
        std::exchange(collection->targets, collection->targets + kTargetsATurn);
    if (live_.AddTargetsTo(report, clock_.Now(), first, kTargetsATurn)) {
      return Post([this, collection] { CollectTargets(collection); });
    }
    live_.AddProvidersTo(report, clock_.Now());
    AddGaugesTo(report);
    collection->done(std::move(report));
  }

  std::optional<AccessLog> MakeAccessLog() {
    if (!options_.access_log_sample.has_value()) return std::nullopt;
    return std::optional<AccessLog>(std::in_place, *options_.access_log_sample,
                                    random_);
  }

  std::optional<TraceLog> MakeTraceLog() const {
    if (!options_.trace_sample.has_value()) return std::nullopt;
    return std::optional<TraceLog>(std::in_place, *options_.trace_sample);
  }

  void Accept(asio::ip::tcp::socket socket) {
    WorkerReport& report = account_.report;
    // Accepted as the listener closed.
    if (stopping_) return;
    if (sessions_.size() >= options_.limits.max_connections) {
      // Closing at once is the quickest no; the client may try another node.
      ++report.connections_refused;
      return;
    }
    ++report.connections_accepted;
    auto session = std::make_shared<Session>(std::move(socket), tls_, context_,
                                             options_.limits);
    Session* const key = session.get();
    sessions_.emplace(key, session);
    io::Spawn(key->Run(), [this, key](std::exception_ptr error) {
      OnSessionEnd(key, error);
    });
  }

  void OnSessionEnd(Session* key, const std::exception_ptr& error) {
    if (error != nullptr) {
      ++account_.report.errors["internal"];
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& e) {
        spdlog::error("a session ended by an exception: {}", e.what());
      }
      key->Abort();
    }
    sessions_.erase(key);
    if (stopping_ && sessions_.empty()) EndLoop();
  }

  // The loop ends when nothing is left that it waits for.
  void EndLoop() {
    goodbye_.cancel();
    wheel_.Stop();
    work_.reset();
    loop_.stop();
  }

  const WorkerOptions options_;
  std::thread thread_;
  tls::ContextPtr tls_;

  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  io::Reactor& reactor_;
  const io::TurnClock clock_;
  SystemRandom random_;
  io::TimerWheel wheel_;
  HttpUpstream upstream_;
  RetryBudget budget_;
  LiveState live_;
  CurrentSnapshot current_;
  Admission admission_;
  LoadShedding shedding_;
  Account account_;
  QuotaWait quota_wait_;
  UsageBook usage_;
  std::optional<AccessLog> access_log_;
  std::optional<TraceLog> traces_;
  DecisionLog decisions_;
  BodyScanner scanner_;
  bool draining_ = false;
  bool stopping_ = false;
  const PipelineContext context_;
  // Outlived by nothing that refers to it: a session's end takes it out.
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions_;
  Listener listener_;
  asio::steady_timer goodbye_;
};

Worker::Worker(WorkerOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}

Worker::~Worker() = default;

absl::StatusOr<std::string> Worker::Start() { return impl_->Start(); }

void Worker::Replace(Snapshot snapshot) { impl_->Replace(std::move(snapshot)); }

void Worker::OnQuotaWord() { impl_->OnQuotaWord(); }

void Worker::UseTls(tls::ContextPtr context) {
  impl_->UseTls(std::move(context));
}

void Worker::CollectChanges(std::function<void(std::vector<TargetChange>)> some,
                            std::function<void(WorkerReport)> done) {
  impl_->CollectChanges(std::move(some), std::move(done));
}

void Worker::Collect(std::function<void(WorkerReport)> done) {
  impl_->Collect(std::move(done));
}

void Worker::FindDecisions(DecisionQuery query,
                           std::function<void(DecisionBatch)> done) {
  impl_->FindDecisions(std::move(query), std::move(done));
}

void Worker::TakeAccessLog(std::function<void(AccessLog::Lines)> done) {
  impl_->TakeAccessLog(std::move(done));
}

AccessLog::Lines Worker::LastOfAccessLog() { return impl_->LastOfAccessLog(); }

void Worker::TakeTraces(std::function<void(TraceLog::Batch)> done) {
  impl_->TakeTraces(std::move(done));
}

TraceLog::Batch Worker::LastOfTraces() { return impl_->LastOfTraces(); }

void Worker::StartDrain() { impl_->StartDrain(); }

void Worker::StopAccepting() { impl_->StopAccepting(); }

void Worker::Stop() { impl_->Stop(); }

}  // namespace weir::dataplane
