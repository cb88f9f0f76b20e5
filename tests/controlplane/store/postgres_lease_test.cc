#include "controlplane/store/postgres_lease.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "controlplane/store/lease.h"
#include "controlplane/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/store/store_place.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::weir::testing::IsOk;
using ::weir::testing::IsOkAndHolds;
using ::weir::testing::StatusIs;

Candidate CandidateNamed(const std::string& name, std::uint64_t floor = 0) {
  return {name, name + ":7400", absl::Hours(1), floor};
}
Lease LeaseOf(const std::string& name, std::uint64_t epoch) {
  return {name, name + ":7400", epoch};
}

class PostgresLeaseTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open() {
    auto store = place_.Open();
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }
  // As the database's clock would in time.
  void EndTheTerm() { place_.Execute("UPDATE lease SET expires_at = 1"); }

  StorePlace place_{StoreKind::kPostgres};
  std::unique_ptr<Store> a_ = Open();
  std::unique_ptr<Store> b_ = Open();
};

TEST_F(PostgresLeaseTest, WhoComesFirstHoldsItAndOthersLearnWhoThatIs) {
  EXPECT_THAT(a_->lease()->Campaign(CandidateNamed("a", 7)),
              IsOkAndHolds(LeaseOf("a", 7)));
  EXPECT_THAT(b_->lease()->Campaign(CandidateNamed("b", 9)),
              IsOkAndHolds(LeaseOf("a", 7)));
  EXPECT_THAT(a_->lease()->Campaign(CandidateNamed("a", 9)),
              IsOkAndHolds(LeaseOf("a", 7)))
      << "the same leadership goes on";
}

TEST_F(PostgresLeaseTest, WhenTheTermIsOverAnotherTakesIt) {
  ASSERT_THAT(a_->lease()->Campaign(CandidateNamed("a")), IsOk());
  EndTheTerm();
  EXPECT_THAT(b_->lease()->Campaign(CandidateNamed("b")),
              IsOkAndHolds(LeaseOf("b", 2)));
  EXPECT_THAT(a_->lease()->Campaign(CandidateNamed("a")),
              IsOkAndHolds(LeaseOf("b", 2)));
}

TEST_F(PostgresLeaseTest, ATermThatEndedUnnoticedGoesOn) {
  ASSERT_THAT(a_->lease()->Campaign(CandidateNamed("a")), IsOk());
  EndTheTerm();
  EXPECT_THAT(a_->lease()->Campaign(CandidateNamed("a")),
              IsOkAndHolds(LeaseOf("a", 1)));
  EXPECT_THAT(b_->lease()->Campaign(CandidateNamed("b")),
              IsOkAndHolds(LeaseOf("a", 1)));
}

TEST_F(PostgresLeaseTest, AStaleLeadersWritesFail) {
  StoredResources next;
  next.revision = 1;
  ASSERT_THAT(a_->lease()->Campaign(CandidateNamed("a")), IsOk());
  ASSERT_THAT(a_->Save(next), IsOk());
  EndTheTerm();
  ASSERT_THAT(b_->lease()->Campaign(CandidateNamed("b")), IsOk());
  next.revision = 2;
  EXPECT_THAT(a_->Save(next), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(b_->Save(next), IsOk());
}

TEST_F(PostgresLeaseTest, WhoResignsIsFollowedAtOnceAndBeginsAnew) {
  ASSERT_THAT(a_->lease()->Campaign(CandidateNamed("a")), IsOk());
  EXPECT_THAT(b_->lease()->Resign("b"), IsOk()) << "it has nothing to give";
  ASSERT_THAT(a_->lease()->Resign("a"), IsOk());
  EXPECT_THAT(a_->lease()->Campaign(CandidateNamed("a")),
              IsOkAndHolds(LeaseOf("a", 2)));
  ASSERT_THAT(a_->lease()->Resign("a"), IsOk());
  EXPECT_THAT(b_->lease()->Campaign(CandidateNamed("b")),
              IsOkAndHolds(LeaseOf("b", 3)));
}

TEST_F(PostgresLeaseTest, OfManyAtOnceOneHoldsIt) {
  std::vector<absl::StatusOr<Lease>> seen(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([this, i, &seen] {
      seen[i] = Open()->lease()->Campaign(CandidateNamed(Concat("c", i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::StatusOr<Lease>& lease : seen) {
    EXPECT_THAT(lease, IsOkAndHolds(*seen[0]));
  }
  EXPECT_EQ(seen[0]->epoch, 1U);
}

}  // namespace
}  // namespace weir::controlplane
