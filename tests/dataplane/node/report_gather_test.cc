#include "dataplane/report_gather.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

// A worker that answers when the test says.
class SlowWorker {
 public:
  ReportGather::Source source() {
    return [this](std::function<void(WorkerReport)> done) {
      questions_.push_back(std::move(done));
    };
  }
  void Answer(std::uint64_t retries) {
    WorkerReport report;
    report.retries = retries;
    questions_.front()(report);
    questions_.pop_front();
  }
  std::size_t questions() const { return questions_.size(); }

 private:
  std::deque<std::function<void(WorkerReport)>> questions_;
};

class ReportGatherTest : public ::testing::Test {
 protected:
  // The sum of retries; nullopt while the gather has not ended.
  void Gather(std::optional<std::uint64_t>& retries) {
    gather_->Gather(
        [&](const WorkerReport& merged) { retries = merged.retries; });
  }
  void Begin(absl::Duration limit) {
    gather_.emplace(
        loop_.get_executor(),
        std::vector<ReportGather::Source>{first_.source(), second_.source()},
        limit);
  }

  // Until nothing is left to do, or to wait for.
  void Run() {
    loop_.restart();
    loop_.run();
  }
  void Poll() {
    loop_.restart();
    loop_.poll();
  }

  boost::asio::io_context loop_;
  SlowWorker first_;
  SlowWorker second_;
  std::optional<ReportGather> gather_;
};

TEST_F(ReportGatherTest, EndsWhenAllHaveAnswered) {
  Begin(absl::Hours(1));
  std::optional<std::uint64_t> retries;
  Gather(retries);
  first_.Answer(1);
  Poll();
  EXPECT_EQ(retries, std::nullopt);
  second_.Answer(10);
  Poll();
  EXPECT_EQ(retries, 11u);
}

TEST_F(ReportGatherTest, WhoIsLateTakesPartWithItsLast) {
  Begin(absl::Milliseconds(1));
  std::optional<std::uint64_t> retries;
  Gather(retries);
  first_.Answer(1);
  second_.Answer(10);
  Poll();
  Gather(retries);
  first_.Answer(2);
  Run();
  EXPECT_EQ(retries, 12u);
}

TEST_F(ReportGatherTest, ALateAnswerCountsTheNextTime) {
  Begin(absl::Milliseconds(1));
  std::optional<std::uint64_t> retries;
  Gather(retries);
  Run();
  EXPECT_EQ(retries, 0u);
  first_.Answer(1);
  second_.Answer(10);
  Poll();
  Gather(retries);
  Run();
  EXPECT_EQ(retries, 11u);
}

TEST_F(ReportGatherTest, AStuckWorkerIsNotAskedForEver) {
  Begin(absl::ZeroDuration());
  std::optional<std::uint64_t> retries;
  for (int i = 0; i < 100; ++i) {
    Gather(retries);
    Run();
  }
  EXPECT_EQ(first_.questions(), 4u);
}

TEST_F(ReportGatherTest, WithoutWorkersItIsEmpty) {
  gather_.emplace(loop_.get_executor(), std::vector<ReportGather::Source>{});
  std::optional<std::uint64_t> retries;
  Gather(retries);
  EXPECT_EQ(retries, std::nullopt);
  Run();
  EXPECT_EQ(retries, 0u);
}

TEST_F(ReportGatherTest, AnswersToOneThatIsGoneAreDropped) {
  Begin(absl::Hours(1));
  std::optional<std::uint64_t> retries;
  Gather(retries);
  gather_.reset();
  first_.Answer(1);
  second_.Answer(10);
  Poll();
  EXPECT_EQ(retries, std::nullopt);
}

TEST(ReportGatherThreadsTest, WorkersAnswerFromTheirOwnThreads) {
  boost::asio::io_context loop;
  std::vector<std::thread> threads;
  const ReportGather::Source source =
      [&](std::function<void(WorkerReport)> done) {
        threads.emplace_back([done = std::move(done)] {
          WorkerReport report;
          report.retries = 1;
          done(report);
        });
      };
  ReportGather gather(loop.get_executor(),
                      std::vector<ReportGather::Source>(8, source),
                      absl::Seconds(30));
  std::optional<std::uint64_t> retries;
  gather.Gather([&](const WorkerReport& merged) { retries = merged.retries; });
  loop.run();
  EXPECT_EQ(retries, 8u);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace weir::dataplane
