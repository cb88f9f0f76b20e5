#include "common/net/listen.h"

#include <boost/asio/io_context.hpp>
#include <string>

#include "absl/status/status.h"
#include "common/net/host_port.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::StartsWith;
using testing::StatusIs;

class ListenTest : public ::testing::Test {
 protected:
  auto Try(const std::string& address,
           PortSharing sharing = PortSharing::kExclusive) {
    return Listen(loop_.get_executor(), address, sharing);
  }

  boost::asio::io_context loop_;
};

TEST_F(ListenTest, SystemChoosesPortZero) {
  const auto acceptor = Try("127.0.0.1:0");
  ASSERT_THAT(acceptor, IsOk());
  const auto address = ParseHostPort(LocalAddress(*acceptor));
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_NE(address->port, 0);
}

TEST_F(ListenTest, NamesAreResolved) {
  const auto acceptor = Try("localhost:0");
  ASSERT_THAT(acceptor, IsOk());
  EXPECT_TRUE(acceptor->local_endpoint().address().is_loopback());
}

TEST_F(ListenTest, TakenPortIsUnavailableByName) {
  const auto first = Try("127.0.0.1:0");
  ASSERT_THAT(first, IsOk());
  const std::string address = LocalAddress(*first);
  EXPECT_THAT(Try(address),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr(address), HasSubstr("in use"))));
}

TEST_F(ListenTest, WorkersSharePorts) {
  const auto first = Try("127.0.0.1:0", PortSharing::kShared);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Try(LocalAddress(*first), PortSharing::kShared), IsOk());
}

TEST_F(ListenTest, OtherMachinesAddressIsUnavailable) {
  EXPECT_THAT(Try("192.0.2.1:80"), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ListenTest, BadAddressesAreRefusedByName) {
  for (const char* address :
       {"", "8080", "localhost", "localhost:x", "no-such-host.invalid:80"}) {
    EXPECT_THAT(Try(address),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith("can't listen on " + std::string(address))))
        << address;
  }
}

}  // namespace
}  // namespace weir::net
