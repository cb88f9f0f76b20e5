#include "controlplane/store/open_store.h"

#include <string>

#include "absl/status/status.h"
#include "controlplane/store/postgres_url.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::weir::testing::IsOk;
using ::weir::testing::IsOkAndHolds;
using ::weir::testing::StatusIs;

TEST(SqlitePathTest, IsWhatFollowsTheTwoSlashes) {
  EXPECT_THAT(SqlitePath("sqlite:///var/lib/weir.db"),
              IsOkAndHolds(std::string("/var/lib/weir.db")));
  EXPECT_THAT(SqlitePath("sqlite://weir.db"),
              IsOkAndHolds(std::string("weir.db")));
  EXPECT_THAT(SqlitePath("sqlite://./state/weir.db"),
              IsOkAndHolds(std::string("./state/weir.db")));
}

TEST(SqlitePathTest, RefusesWhatNamesNoFile) {
  for (const char* url : {"", "weir.db", "sqlite:weir.db", "sqlite:/weir.db",
                          "sqlite://", "sqlite:///", "sqlite:///var/lib/",
                          "mysql://db/weir", "SQLITE:///weir.db"}) {
    EXPECT_THAT(SqlitePath(url), StatusIs(StatusCode::kInvalidArgument,
                                          HasSubstr("sqlite:///FILE")))
        << url;
  }
}

TEST(StoreUrlTest, TakesBothKinds) {
  for (const char* url :
       {"sqlite://weir.db", "postgresql://db/weir",
        "postgres://weir:hunter2@db:5432,db2:5433/weir?sslmode=verify-full",
        "postgresql://weir@%2Frun%2Fpostgresql/weir"}) {
    EXPECT_THAT(CheckStoreUrl(url), IsOk()) << url;
  }
}

TEST(StoreUrlTest, RefusesWhatLibpqCantReadAndKeepsItsPassword) {
  for (const char* url : {"postgresql://weir:hunter2@[::1/weir",
                          "postgresql://weir:hunter2%4@db/weir",
                          "postgresql://weir:hunter2@db/weir?sslmod=require",
                          "mysql://weir:hunter2@db/weir"}) {
    EXPECT_THAT(CheckStoreUrl(url), StatusIs(StatusCode::kInvalidArgument,
                                             Not(HasSubstr("hunter2"))))
        << url;
  }
}

TEST(PostgresUrlTest, EncryptionIsSpokenOfWhereOthersMayListen) {
  for (const char* url :
       {"postgresql://weir@%2Frun%2Fpostgresql/weir", "postgresql:///weir",
        "postgresql://127.0.0.1:5433/weir", "postgresql://localhost,[::1]/weir",
        "postgresql://db/weir?sslmode=verify-full",
        "postgresql://db/weir?sslmode=disable"}) {
    EXPECT_THAT(CheckEncryption(*ParsePostgresUrl(url)), IsOk()) << url;
  }
  for (const char* url :
       {"postgresql://weir:hunter2@db/weir", "postgresql://localhost,db/weir",
        "postgresql://10.0.0.5/weir", "postgresql:///weir?hostaddr=10.0.0.5"}) {
    EXPECT_THAT(CheckEncryption(*ParsePostgresUrl(url)),
                StatusIs(StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("sslmode=verify-full"),
                               Not(HasSubstr("hunter2")))))
        << url;
  }
}

TEST(PostgresUrlTest, IsCalledByItsPlaceAlone) {
  const auto url = ParsePostgresUrl(
      "postgresql://weir:hunter%32@db:5433/weir?sslmode=require");
  ASSERT_THAT(url, IsOk());
  EXPECT_EQ(url->name, "postgresql://db:5433/weir");
  EXPECT_EQ(Presentable("bad hunter2\n\tat db\n", *url), "bad *** at db");
}

}  // namespace
}  // namespace weir::controlplane
