// What happens to a store while its server goes away, sleeps and comes back.
#include "controlplane/store/postgres_database.h"

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controlplane/store/database.h"
#include "controlplane/store/postgres_connection.h"
#include "controlplane/store/postgres_statement.h"
#include "controlplane/store/postgres_store.h"
#include "controlplane/store/postgres_url.h"
#include "controlplane/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/postgres_server.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;
using ::weir::testing::FakeClock;
using ::weir::testing::IsOk;
using ::weir::testing::IsOkAndHolds;
using ::weir::testing::PostgresServer;
using ::weir::testing::StatusIs;

constexpr char kCountSources[] = "SELECT count(*) FROM usage_sources";
constexpr char kAddSource[] = "INSERT INTO usage_sources VALUES (1, 'n', 1, 1)";

class PostgresDatabaseTest : public ::testing::Test {
 protected:
  // A server of its own: it is stopped, and others must not notice.
  static void SetUpTestSuite() {
    auto server = PostgresServer::Start();
    ASSERT_THAT(server, IsOk());
    server_ = server->release();
  }
  static void TearDownTestSuite() { delete server_; }

  void SetUp() override {
    auto url = server_->NewDatabase();
    ASSERT_THAT(url, IsOk());
    url_ = *ParsePostgresUrl(*url);
    database_ = Connect({});
  }

  std::unique_ptr<PostgresDatabase> Connect(const PostgresLimits& limits) {
    return std::make_unique<PostgresDatabase>(url_, limits, clock_);
  }
  absl::StatusOr<std::uint64_t> Sources() {
    return QueryNumber(*database_, kCountSources);
  }

  static PostgresServer* server_;
  PostgresUrl url_;
  FakeClock clock_;
  std::unique_ptr<PostgresDatabase> database_;
};
PostgresServer* PostgresDatabaseTest::server_ = nullptr;

TEST_F(PostgresDatabaseTest, AServerThatCameBackBetweenTwoCallsIsNotNoticed) {
  ASSERT_THAT(Sources(), IsOkAndHolds(0U));
  server_->Stop();
  ASSERT_THAT(server_->Resume(), IsOk());
  EXPECT_THAT(Sources(), IsOkAndHolds(0U));
}

TEST_F(PostgresDatabaseTest, IsTriedAgainAfterItsBackOffAndNotBefore) {
  ASSERT_THAT(Sources(), IsOk());
  server_->Stop();
  const auto away =
      StatusIs(StatusCode::kUnavailable, HasSubstr("can't be reached"));
  EXPECT_THAT(Sources(), away);
  ASSERT_THAT(server_->Resume(), IsOk());
  EXPECT_THAT(Sources(), away) << "fails at once, asks nobody";
  clock_.Advance(PostgresDatabase::kBackoffCap + absl::Seconds(1));
  EXPECT_THAT(Sources(), IsOkAndHolds(0U));
}

TEST_F(PostgresDatabaseTest, ATransactionWhoseConnectionIsLostKeepsNothing) {
  ASSERT_THAT(Sources(), IsOk());
  EXPECT_THAT(database_->Transact([&] {
    EXPECT_THAT(database_->Execute(kAddSource), IsOk());
    server_->Stop();
    EXPECT_THAT(server_->Resume(), IsOk());
    return absl::OkStatus();
  }),
              StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(Sources(), IsOkAndHolds(0U));
}

TEST_F(PostgresDatabaseTest, AnErrorThatTheBodyOverlooksKeepsNothing) {
  EXPECT_THAT(database_->Transact([&] {
    EXPECT_THAT(database_->Execute(kAddSource), IsOk());
    EXPECT_FALSE(database_->Execute("SELECT no_such_thing").ok());
    return absl::OkStatus();
  }),
              StatusIs(StatusCode::kInternal));
  EXPECT_THAT(Sources(), IsOkAndHolds(0U));
}

TEST_F(PostgresDatabaseTest, AServerThatSleepsIsGivenUp) {
  ASSERT_THAT(Sources(), IsOk()) << "which makes the schema";
  PostgresLimits limits;
  limits.connect = limits.statement = limits.silence = absl::Milliseconds(500);
  database_ = Connect(limits);
  ASSERT_THAT(Sources(), IsOk());
  server_->Freeze();
  const auto silent =
      StatusIs(StatusCode::kUnavailable, HasSubstr("no answer in time"));
  EXPECT_THAT(Sources(), silent);
  clock_.Advance(PostgresDatabase::kBackoffCap);
  EXPECT_THAT(Sources(), silent) << "nor is it connected to";
  server_->Thaw();
  clock_.Advance(PostgresDatabase::kBackoffCap);
  EXPECT_THAT(Sources(), IsOkAndHolds(0U));
}

TEST_F(PostgresDatabaseTest, AStatementThatTakesTooLongIsEnded) {
  ASSERT_THAT(Sources(), IsOk()) << "which makes the schema";
  PostgresLimits limits;
  limits.statement = absl::Milliseconds(500);
  database_ = Connect(limits);
  EXPECT_THAT(database_->Execute("SELECT pg_sleep(60)"),
              StatusIs(StatusCode::kUnavailable, HasSubstr("timeout")));
  EXPECT_THAT(Sources(), IsOkAndHolds(0U)) << "and the connection goes on";
}

TEST_F(PostgresDatabaseTest, RowsThatNobodyTookAreNoRowsOfTheNext) {
  auto many = database_->Prepare("SELECT generate_series(7, 1000)");
  ASSERT_THAT(many, IsOk());
  ASSERT_THAT(many->Step(), IsOkAndHolds(true));
  EXPECT_EQ(many->Number(0), 7U);
  EXPECT_THAT(Sources(), IsOkAndHolds(0U));
  EXPECT_THAT(many->Step(), IsOkAndHolds(false));
}

TEST_F(PostgresDatabaseTest, ManyMayMakeTheSchemaAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      EXPECT_THAT(QueryNumber(*Connect({}), kCountSources), IsOkAndHolds(0U));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(PostgresDatabaseTest, NoErrorHoldsThePassword) {
  for (const char* url :
       {"postgresql://weir:hunter2@127.0.0.1:1/hunter",
        "postgresql://weir:hunter2@%2Fno%2Fsuch%2Ffolder/weir"}) {
    const auto store = NewPostgresStore(*ParsePostgresUrl(url), clock_);
    EXPECT_THAT(store->Load(),
                StatusIs(StatusCode::kUnavailable, Not(HasSubstr("hunter2"))));
  }
}

TEST(PostgresStatementTest, PlaceholdersAreNumbered) {
  EXPECT_EQ(NumberPlaceholders("VALUES (?, ?) AND x = ?"),
            "VALUES ($1, $2) AND x = $3");
}

}  // namespace
}  // namespace weir::controlplane
