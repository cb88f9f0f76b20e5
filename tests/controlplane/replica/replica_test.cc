// A replica with a lease that the test decides, and duties that say what they
// do.
#include "controlplane/replica/replica.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "controlplane/lease_watch.h"
#include "controlplane/store/lease.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;

// What happened, in order, across threads.
class DutyDiary {
 public:
  void Add(const std::string& entry) {
    MutexLock lock(&mutex_);
    entries_.push_back(entry);
    changed_.SignalAll();
  }
  // All of it, once there are `count`.
  std::vector<std::string> WaitFor(std::size_t count) {
    MutexLock lock(&mutex_);
    while (entries_.size() < count) {
      changed_.WaitFor(&mutex_, absl::Seconds(20));
    }
    return entries_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> entries_ ABSL_GUARDED_BY(mutex_);
};

class DiaryDuty final : public Duty {
 public:
  DiaryDuty(DutyDiary& diary, std::string name)
      : diary_(diary), name_(std::move(name)) {
    diary_.Add("+" + name_);
  }
  ~DiaryDuty() override { diary_.Add("-" + name_); }

 private:
  DutyDiary& diary_;
  const std::string name_;
};

class DecidedLease final : public LeaseStore {
 public:
  explicit DecidedLease(DutyDiary& diary) : diary_(diary) {}

  void Decide(absl::StatusOr<Lease> lease) {
    MutexLock lock(&mutex_);
    lease_ = std::move(lease);
  }
  absl::StatusOr<Lease> Campaign(const Candidate&) override {
    MutexLock lock(&mutex_);
    return lease_;
  }
  absl::Status Resign(const std::string& holder) override {
    diary_.Add("resigned " + holder);
    return absl::OkStatus();
  }

 private:
  DutyDiary& diary_;
  Mutex mutex_;
  absl::StatusOr<Lease> lease_ ABSL_GUARDED_BY(mutex_) =
      absl::UnavailableError("away");
};

class ReplicaTest : public ::testing::Test {
 protected:
  void Start() {
    replica_.Start(std::make_unique<DiaryDuty>(diary_, "follower"));
  }

  const SystemClock clock_;
  DutyDiary diary_;
  DecidedLease lease_{diary_};
  LeaseWatch watch_{clock_};
  // What the next attempt to lead comes to.
  absl::Status fit_;
  Replica replica_{lease_,
                   {.holder = "me",
                    .address = "a:1",
                    .term = absl::Seconds(1),
                    .interval = absl::Milliseconds(1)},
                   {[this]() -> absl::StatusOr<std::unique_ptr<Duty>> {
                      if (!fit_.ok()) {
                        diary_.Add("unfit");
                        return fit_;
                      }
                      return std::make_unique<DiaryDuty>(
                          diary_,
                          "leader " + std::to_string(watch_.Current().epoch));
                    },
                    [this]() -> absl::StatusOr<std::unique_ptr<Duty>> {
                      return std::make_unique<DiaryDuty>(diary_, "follower");
                    }},
                   watch_,
                   clock_};
};

TEST_F(ReplicaTest, LeadsOnceTheLeaseIsItsAndResignsAtItsEnd) {
  lease_.Decide(Lease{"me", "a:1", 7});
  Start();
  EXPECT_THAT(diary_.WaitFor(3),
              ElementsAre("+follower", "-follower", "+leader 7"));
  lease_.Decide(absl::UnavailableError("away"));
  replica_.Stop();
  EXPECT_THAT(diary_.WaitFor(5),
              ElementsAre("+follower", "-follower", "+leader 7", "-leader 7",
                          "resigned me"));
}

TEST_F(ReplicaTest, StepsDownBeforeAnythingElseWhenItWasReplaced) {
  lease_.Decide(Lease{"me", "a:1", 7});
  Start();
  diary_.WaitFor(3);
  lease_.Decide(Lease{"it", "b:1", 8});
  EXPECT_THAT(diary_.WaitFor(5),
              ElementsAre("+follower", "-follower", "+leader 7", "-leader 7",
                          "+follower"));
  EXPECT_EQ(watch_.Current().leader, "b:1");
  EXPECT_EQ(watch_.Current().epoch, 0U);
}

TEST_F(ReplicaTest, ALeadershipThatWasLostUnnoticedBeginsAnew) {
  lease_.Decide(Lease{"me", "a:1", 7});
  Start();
  diary_.WaitFor(3);
  lease_.Decide(Lease{"me", "a:1", 9});
  EXPECT_THAT(diary_.WaitFor(5),
              ElementsAre("+follower", "-follower", "+leader 7", "-leader 7",
                          "+leader 9"));
}

TEST_F(ReplicaTest, WhoCantLeadLetsAnotherTry) {
  fit_ = absl::UnavailableError("no room");
  lease_.Decide(Lease{"me", "a:1", 7});
  Start();
  const std::vector<std::string> seen = diary_.WaitFor(5);
  EXPECT_THAT(std::vector(seen.begin(), seen.begin() + 5),
              ElementsAre("+follower", "-follower", "unfit", "resigned me",
                          "+follower"));
}

}  // namespace
}  // namespace weir::controlplane
