#include "controlplane/store/sqlite_store.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::IsOkAndHolds;
using ::weir::testing::StatusIs;

StoredResources Revision(std::uint64_t revision, const std::string& provider) {
  StoredResources stored;
  stored.revision = revision;
  stored.resources.add_providers()->set_name(provider);
  return stored;
}

class SqliteStoreTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.path() + "/weir.db"; }

  std::unique_ptr<Store> MustOpen() {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenSqliteStore(path());
    EXPECT_THAT(store, IsOk());
    return store.ok() ? *std::move(store) : nullptr;
  }

  // As an operator with the sqlite3 shell would.
  void Execute(const char* sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
  }

 private:
  TemporaryDirectory directory_;
};

TEST_F(SqliteStoreTest, OnlyItsOwnerMayReadTheFile) {
  MustOpen();
  struct stat file {};
  ASSERT_EQ(stat(path().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST_F(SqliteStoreTest, RefusesASecondControlPlane) {
  std::unique_ptr<Store> first = MustOpen();
  EXPECT_THAT(OpenSqliteStore(path()),
              StatusIs(StatusCode::kUnavailable,
                       HasSubstr("used by another control plane")));
  first.reset();
  EXPECT_THAT(OpenSqliteStore(path()), IsOk());
}

TEST_F(SqliteStoreTest, RefusesWhatIsNoDatabase) {
  std::ofstream(path()) << std::string(8192, 'x');
  EXPECT_THAT(OpenSqliteStore(path()),
              StatusIs(StatusCode::kDataLoss, HasSubstr(path())));
}

TEST_F(SqliteStoreTest, RefusesADamagedDatabase) {
  {
    std::unique_ptr<Store> store = MustOpen();
    ASSERT_THAT(store->Save(Revision(1, std::string(100'000, 'p'))), IsOk());
  }
  {
    // Past the header and the schema's page, everything is noise.
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(60'000, '\xAA');
  }
  EXPECT_THAT(OpenSqliteStore(path()),
              StatusIs(StatusCode::kDataLoss, HasSubstr("restore a backup")));
}

TEST_F(SqliteStoreTest, RefusesSomebodyElsesDatabase) {
  Execute("CREATE TABLE recipes (name TEXT)");
  EXPECT_THAT(OpenSqliteStore(path()), StatusIs(StatusCode::kFailedPrecondition,
                                                HasSubstr("something else")));
}

TEST_F(SqliteStoreTest, NamesTheDirectoryThatIsMissing) {
  EXPECT_THAT(OpenSqliteStore(path() + "/deeper/weir.db"),
              StatusIs(StatusCode::kUnavailable, HasSubstr("directory")));
}

TEST_F(SqliteStoreTest, AWriterThatHoldsTheFileIsAQuickError) {
  std::unique_ptr<Store> store = MustOpen();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_THAT(store->Save(Revision(1, "p")),
              StatusIs(StatusCode::kUnavailable, HasSubstr("try again")));
  sqlite3_close(other);
  EXPECT_THAT(store->Save(Revision(1, "p")), IsOk());
}

}  // namespace
}  // namespace weir::controlplane
