#include "dataplane/attempt/connection_pool.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/net/dial_plan.h"
#include "dataplane/io/stream.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::dataplane {
namespace {

using testing::SocketPair;
using testing::TestLoop;

class ConnectionPoolTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> NewConnection() {
    SocketPair pair(loop_.context);
    peers_.push_back(std::move(pair.theirs));
    auto connection = std::make_unique<Connection>();
    connection->stream = std::make_shared<io::Stream>(std::move(pair.ours));
    connection->retire_at = pool_.RetireAt(0.5);
    return connection;
  }

  TestLoop loop_;
  std::vector<boost::asio::ip::tcp::socket> peers_;
  net::DialPlan plan_{{net::Scheme::kHttp, "h", 80, ""}, "", nullptr, {}};
  ConnectionPool pool_{plan_,
                       loop_.wheel,
                       {.idle_limit = absl::Seconds(30),
                        .max_age = absl::Minutes(10),
                        .max_requests = 3,
                        .max_idle = 2}};
};

TEST_F(ConnectionPoolTest, GivesTheYoungestFirst) {
  auto a = NewConnection();
  auto b = NewConnection();
  Connection* const first = a.get();
  Connection* const second = b.get();
  pool_.Put(std::move(a));
  pool_.Put(std::move(b));
  auto taken = pool_.Take();
  EXPECT_EQ(taken.get(), second);
  auto other = pool_.Take();
  EXPECT_EQ(other.get(), first);
  EXPECT_EQ(pool_.Take(), nullptr);
}

TEST_F(ConnectionPoolTest, KeepsNoMoreThanItMay) {
  for (int i = 0; i < 3; ++i) pool_.Put(NewConnection());
  EXPECT_EQ(pool_.idle_count(), 2U);
}

TEST_F(ConnectionPoolTest, DropsWhatIsIdleForTooLong) {
  pool_.Put(NewConnection());
  loop_.Pass(absl::Seconds(29));
  EXPECT_EQ(pool_.idle_count(), 1U);
  loop_.Pass(absl::Seconds(2));
  EXPECT_EQ(pool_.idle_count(), 0U);
}

TEST_F(ConnectionPoolTest, ClosesBeforeThePeerDoes) {
  pool_.Put(NewConnection(), absl::Seconds(5));
  loop_.clock.Advance(absl::Seconds(3));
  EXPECT_EQ(pool_.Take(), nullptr);
  EXPECT_EQ(pool_.idle_count(), 0U);
}

TEST_F(ConnectionPoolTest, DropsWhatWasUsedOftenEnough) {
  auto connection = NewConnection();
  for (int i = 0; i < 2; ++i) {
    pool_.Put(std::move(connection));
    connection = pool_.Take();
    ASSERT_NE(connection, nullptr);
  }
  pool_.Put(std::move(connection));
  EXPECT_EQ(pool_.idle_count(), 0U);
}

TEST_F(ConnectionPoolTest, DropsWhatIsOldEnough) {
  auto connection = NewConnection();
  loop_.clock.Advance(absl::Minutes(10));
  pool_.Put(std::move(connection));
  EXPECT_EQ(pool_.idle_count(), 0U);
}

TEST_F(ConnectionPoolTest, DropsWhatEndsWhileIdle) {
  pool_.Put(NewConnection());
  pool_.Put(NewConnection());
  peers_[0].close();
  loop_.Settle();
  EXPECT_EQ(pool_.idle_count(), 1U);
  peers_[1].close();
  loop_.Settle();
  EXPECT_EQ(pool_.idle_count(), 0U);
}

TEST_F(ConnectionPoolTest, KnowsWhereItsConnectionsLead) {
  EXPECT_TRUE(pool_.LeadsTo(plan_));
  net::DialPlan other = plan_;
  other.url.port = 81;
  EXPECT_FALSE(pool_.LeadsTo(other));
  other = plan_;
  other.proxy.emplace();
  EXPECT_FALSE(pool_.LeadsTo(other));
}

}  // namespace
}  // namespace weir::dataplane
