#include "dataplane/decision_gather.h"

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/decision/decision_log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

using ::testing::UnorderedElementsAre;

class DecisionGatherTest : public ::testing::Test {
 protected:
  // A worker that remembers one decision; kStuck: and never answers.
  enum class Mood { kWell, kStuck };
  void AddWorker(const std::string& remembers, Mood mood = Mood::kWell) {
    sources_.push_back(
        [this, remembers, mood](const DecisionQuery& query, auto done) {
          asked_for_.push_back(query.request_id);
          if (mood == Mood::kStuck) {
            stuck_.push_back(std::move(done));
            return;
          }
          DecisionBatch batch;
          batch.items.push_back({nullptr, remembers});
          done(std::move(batch));
        });
  }

  std::vector<std::string> Gather(absl::Duration limit = absl::Hours(1)) {
    std::vector<std::string> found;
    GatherDecisions(loop_.get_executor(), sources_, {"req_1", 10}, limit,
                    [&](const std::vector<DecisionBatch>& batches) {
                      ++calls_;
                      for (const DecisionBatch& batch : batches) {
                        found.push_back(batch.items.at(0).packed);
                      }
                    });
    EXPECT_EQ(calls_, 0);  // Not before the call has returned.
    loop_.run();
    return found;
  }

  boost::asio::io_context loop_;
  std::vector<DecisionSource> sources_;
  std::vector<std::string> asked_for_;
  std::vector<std::function<void(DecisionBatch)>> stuck_;
  int calls_ = 0;
};

TEST_F(DecisionGatherTest, HasWhatEveryWorkerRemembers) {
  AddWorker("one");
  AddWorker("two");
  EXPECT_THAT(Gather(), UnorderedElementsAre("one", "two"));
  EXPECT_THAT(asked_for_, UnorderedElementsAre("req_1", "req_1"));
  EXPECT_EQ(calls_, 1);
}

TEST_F(DecisionGatherTest, WithoutWorkersThereIsNothing) {
  EXPECT_THAT(Gather(), UnorderedElementsAre());
  EXPECT_EQ(calls_, 1);
}

TEST_F(DecisionGatherTest, AStuckWorkerHidesNotTheOthers) {
  AddWorker("stuck", Mood::kStuck);
  AddWorker("two");
  EXPECT_THAT(Gather(absl::Milliseconds(1)), UnorderedElementsAre("two"));
  EXPECT_EQ(calls_, 1);
  // It comes to its senses when nobody waits any more.
  stuck_.at(0)({});
  loop_.restart();
  loop_.run();
  EXPECT_EQ(calls_, 1);
}

}  // namespace
}  // namespace weir::dataplane
