#include "dataplane/spool/usage_keeper.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "dataplane/spool/usage_spool.h"
#include "dataplane/usage/encoded_batch.h"
#include "dataplane/usage/usage_entry.h"
#include "tests/dataplane/spool/spool_fixture.h"
#include "tests/testing/fake_clock.h"
#include "weir/routing/v1/usage.pb.h"

namespace weir::dataplane {
namespace {

using Encoded = std::shared_ptr<const EncodedBatch>;

class UsageKeeperTest : public ::testing::Test {
 protected:
  UsageKeeperTest() {
    auto spool =
        UsageSpool::Open({.directory = "",
                          .boot_id = 7,
                          .shape = {.workers = 1, .slots_per_worker = kSlots}});
    EXPECT_TRUE(spool.ok()) << spool.status();
    keeper_ = std::make_unique<UsageKeeper>(
        *std::move(spool), kSlots, 1, clock_,
        [this](Encoded batch) { Take(std::move(batch)); });
  }
  ~UsageKeeperTest() override { keeper_.reset(); }

  void Answer() {
    testing::OpenAttempt(keeper_->table(0), keeper_->names())
        .Settle(testing::AnAnswer());
  }
  // The next batch that is offered.
  routing::v1::UsageBatch Offered() {
    MutexLock lock(&mutex_);
    while (offered_.empty()) changed_.Wait(&mutex_);
    const Encoded encoded = offered_.front();
    offered_.erase(offered_.begin());
    routing::v1::UsageBatch batch;
    EXPECT_TRUE(batch.ParseFromString(encoded->bytes));
    EXPECT_EQ(batch.boot_id(), encoded->boot_id);
    EXPECT_EQ(batch.sequence(), encoded->sequence);
    return batch;
  }

  static constexpr std::uint32_t kSlots = 8;
  testing::FakeClock clock_;

 private:
  void Take(Encoded batch) {
    MutexLock lock(&mutex_);
    offered_.push_back(std::move(batch));
    changed_.SignalAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<Encoded> offered_ ABSL_GUARDED_BY(mutex_);

 protected:
  std::unique_ptr<UsageKeeper> keeper_;
};

TEST_F(UsageKeeperTest, FlushesOnceASecond) {
  Answer();
  clock_.Advance(absl::Seconds(1));
  const routing::v1::UsageBatch batch = Offered();
  EXPECT_EQ(batch.boot_id(), 7U);
  EXPECT_EQ(batch.sequence(), 1U);
  ASSERT_EQ(batch.records_size(), 1);
  EXPECT_EQ(batch.records(0).attempts(), 1U);
}

TEST_F(UsageKeeperTest, FlushesBeforeSlotsRunOut) {
  // A quarter of them; the clock stands still.
  Answer();
  Answer();
  EXPECT_EQ(Offered().records(0).attempts(), 2U);
}

TEST_F(UsageKeeperTest, OffersTheNextOnceTheFirstIsAcknowledged) {
  Answer();
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Offered().sequence(), 1U);
  Answer();
  keeper_->OnAck(7, 1);
  std::promise<void> drained;
  keeper_->Drain([&drained] { drained.set_value(); });
  EXPECT_EQ(Offered().sequence(), 2U);
  keeper_->OnAck(7, 2);
  drained.get_future().wait();
  EXPECT_EQ(keeper_->status().batches_acknowledged, 2U);
  EXPECT_EQ(keeper_->status().batches_waiting, 0U);
}

TEST_F(UsageKeeperTest, WithNothingToDeliverADrainIsOverAtOnce) {
  std::promise<void> drained;
  keeper_->Drain([&drained] { drained.set_value(); });
  drained.get_future().wait();
}

}  // namespace
}  // namespace weir::dataplane
