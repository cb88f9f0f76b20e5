#include "controlplane/store/open_store.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
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

TEST(SqlitePathTest, SaysThatPostgresIsNotThereAndKeepsItsPassword) {
  EXPECT_THAT(SqlitePath("postgresql://weir:hunter2@db/weir"),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("not in this version"),
                             Not(HasSubstr("hunter2")))));
}

}  // namespace
}  // namespace weir::controlplane
