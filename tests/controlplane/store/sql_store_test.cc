#include "controlplane/store/sql_store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/database.h"
#include "controlplane/store/journal.h"
#include "controlplane/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/store/store_place.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::IsOkAndHolds;
using ::weir::testing::StatusIs;

StoredResources RevisionOf(std::uint64_t revision,
                           const std::string& provider) {
  StoredResources stored;
  stored.revision = revision;
  stored.resources.add_providers()->set_name(provider);
  return stored;
}

class SqlStoreTest : public EveryStore {
 protected:
  // The provider of the last revision.
  std::string LastProvider() {
    const absl::StatusOr<StoredResources> stored = store_->Load();
    EXPECT_THAT(stored, IsOk());
    return stored.ok() ? stored->resources.providers(0).name() : "";
  }
};
INSTANTIATE_TEST_SUITE_P(Kinds, SqlStoreTest, EveryKind(), KindName);

TEST_P(SqlStoreTest, ANewStoreIsAtRevisionZero) {
  const absl::StatusOr<StoredResources> stored = store_->Load();
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(stored->revision, 0);
  EXPECT_EQ(stored->resources.providers_size(), 0);
}

TEST_P(SqlStoreTest, KeepsTheLastRevisionAcrossARestart) {
  ASSERT_THAT(store_->Save(RevisionOf(1, "old")), IsOk());
  ASSERT_THAT(store_->Save(RevisionOf(2, "new")), IsOk());
  Reopen();
  EXPECT_EQ(store_->Load()->revision, 2);
  EXPECT_EQ(LastProvider(), "new");
}

TEST_P(SqlStoreTest, RefusesARevisionThatDoesNotFollow) {
  EXPECT_THAT(store_->Save(RevisionOf(2, "a")), StatusIs(StatusCode::kAborted));
  ASSERT_THAT(store_->Save(RevisionOf(1, "a")), IsOk());
  EXPECT_THAT(store_->Save(RevisionOf(1, "b")), StatusIs(StatusCode::kAborted));
  EXPECT_EQ(LastProvider(), "a");
}

TEST_P(SqlStoreTest, ARevisionThatIsThereAlreadyIsKept) {
  // The answer to the commit was lost, so it comes again.
  ASSERT_THAT(store_->Save(RevisionOf(1, "a")), IsOk());
  EXPECT_THAT(store_->Save(RevisionOf(1, "a")), IsOk());
  EXPECT_THAT(store_->Save(RevisionOf(2, "b")), IsOk());
}

TEST_P(SqlStoreTest, OldRevisionsAreForgotten) {
  const std::uint64_t last = SqlStore::kKeptRevisions + 5;
  for (std::uint64_t i = 1; i <= last; ++i) {
    ASSERT_THAT(store_->Save(RevisionOf(i, "p")), IsOk());
  }
  const std::unique_ptr<Database> database = place_.Connect();
  EXPECT_THAT(QueryNumber(*database, "SELECT count(*) FROM revisions"),
              IsOkAndHolds(SqlStore::kKeptRevisions));
  EXPECT_THAT(QueryNumber(*database, "SELECT min(revision) FROM revisions"),
              IsOkAndHolds(6U));
}

TEST_P(SqlStoreTest, EpochsGrowAcrossRestartsAndStartAtTheFloor) {
  EXPECT_THAT(store_->BeginEpoch(0), IsOkAndHolds(1U));
  Reopen();
  EXPECT_THAT(store_->BeginEpoch(0), IsOkAndHolds(2U));
  EXPECT_THAT(store_->BeginEpoch(100), IsOkAndHolds(100U));
  // The wall clock that the floor comes from went back.
  EXPECT_THAT(store_->BeginEpoch(50), IsOkAndHolds(101U));
}

TEST_P(SqlStoreTest, RefusesContentThatDoesNotMatchItsDigest) {
  ASSERT_THAT(store_->Save(RevisionOf(1, "p")), IsOk());
  place_.Execute("UPDATE revisions SET resources = sha256");
  EXPECT_THAT(store_->Load(),
              StatusIs(StatusCode::kDataLoss, HasSubstr("revision 1")));
}

TEST_P(SqlStoreTest, RefusesANewerSchema) {
  ASSERT_THAT(store_->Load(), IsOk());
  store_.reset();
  place_.Execute("INSERT INTO migrations VALUES (1000, 'later')");
  // Either when it is opened, or when it is needed.
  auto store = place_.Open();
  EXPECT_THAT(
      store.ok() ? (*store)->Load().status() : store.status(),
      StatusIs(StatusCode::kFailedPrecondition, HasSubstr("newer version")));
}

TEST_P(SqlStoreTest, AStaleLeaderChangesNothing) {
  ASSERT_THAT(store_->BeginEpoch(7), IsOkAndHolds(7U));
  ASSERT_THAT(store_->Save(RevisionOf(1, "p")), IsOk());
  place_.Execute("UPDATE leadership SET epoch = 8");
  const auto stale =
      StatusIs(StatusCode::kFailedPrecondition, HasSubstr("since epoch 8"));
  EXPECT_THAT(store_->Save(RevisionOf(2, "p")), stale);
  JournalUpdate update;
  update.group_switch = StoredGroupSwitch{"direct", "", true, {}};
  EXPECT_THAT(store_->SaveJournal(update), stale);
  EXPECT_THAT(store_->usage().Keep({}, absl::UnixEpoch()), stale);
  EXPECT_THAT(store_->usage().SavePrices({}), stale);
  EXPECT_THAT(store_->usage().ForgetBoots(absl::UnixEpoch()), stale);
  EXPECT_EQ(store_->Load()->revision, 1) << "it may still read";
  EXPECT_EQ(store_->LoadJournal()->group_switch, std::nullopt);
}

}  // namespace
}  // namespace weir::controlplane
