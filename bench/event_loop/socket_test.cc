#include "bench/event_loop/socket.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "tests/testing/status_matchers.h"

namespace weir::bench {
namespace {

using ::testing::HasSubstr;

sockaddr_in Loopback() { return *ParseAddress("127.0.0.1:0"); }

void WaitFor(const FileDescriptor& socket, decltype(pollfd::events) events) {
  pollfd wait{.fd = socket.get(), .events = events, .revents = 0};
  ASSERT_EQ(::poll(&wait, 1, -1), 1);
}

sockaddr_in AddressOf(const FileDescriptor& listener) {
  sockaddr_in address = Loopback();
  address.sin_port = htons(BoundPort(listener));
  return address;
}

TEST(ParseAddressTest, TakesIpv4AndLocalhost) {
  const auto address = ParseAddress("localhost:8080");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(ntohs(address->sin_port), 8080);
  EXPECT_EQ(ntohl(address->sin_addr.s_addr), INADDR_LOOPBACK);
  EXPECT_TRUE(ParseAddress("0.0.0.0:0").ok());
}

TEST(ParseAddressTest, NamesWhatItCantRead) {
  for (const char* wrong :
       {"", "localhost", ":", "localhost:", "localhost:x", "localhost:65536",
        "localhost:-1", "example.com:80", "1.2.3:80"}) {
    EXPECT_EQ(ParseAddress(wrong).status().code(),
              absl::StatusCode::kInvalidArgument)
        << wrong;
  }
  EXPECT_THAT(std::string(ParseAddress("nonsense").status().message()),
              HasSubstr("nonsense"));
}

TEST(SocketTest, AConnectionIsMadeAndAccepted) {
  const auto listener = Listen(Loopback());
  ASSERT_TRUE(listener.ok());
  EXPECT_EQ(Accept(*listener).status().code(), absl::StatusCode::kNotFound);

  const auto client = StartConnect(AddressOf(*listener));
  ASSERT_TRUE(client.ok());
  WaitFor(*listener, POLLIN);
  EXPECT_TRUE(Accept(*listener).ok());
  WaitFor(*client, POLLOUT);
  EXPECT_TRUE(ConnectError(*client).ok());
}

TEST(SocketTest, TwoMayListenOnOnePort) {
  const auto first = Listen(Loopback());
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(Listen(AddressOf(*first)).ok());
}

TEST(SocketTest, ARefusalShowsWhenTheConnectHasEnded) {
  auto listener = Listen(Loopback());
  ASSERT_TRUE(listener.ok());
  const sockaddr_in address = AddressOf(*listener);
  listener->Close();
  const auto client = StartConnect(address);
  ASSERT_TRUE(client.ok());
  WaitFor(*client, POLLOUT);
  EXPECT_EQ(ConnectError(*client).code(), absl::StatusCode::kUnavailable);
}

TEST(SocketTest, ResetOnCloseIsSeenAsAReset) {
  const auto listener = Listen(Loopback());
  ASSERT_TRUE(listener.ok());
  const auto client = StartConnect(AddressOf(*listener));
  WaitFor(*listener, POLLIN);
  auto accepted = Accept(*listener);
  ASSERT_TRUE(accepted.ok());
  ResetOnClose(*accepted);
  accepted->Close();
  WaitFor(*client, POLLIN);
  char byte;
  EXPECT_EQ(::recv(client->get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST(FileDescriptorTest, IsClosedOnceAndMoves) {
  FileDescriptor first(::socket(AF_INET, SOCK_STREAM, 0));
  const int fd = first.get();
  FileDescriptor second(std::move(first));
  EXPECT_FALSE(first.open());  // NOLINT(bugprone-use-after-move): the promise.
  EXPECT_EQ(second.get(), fd);
  second = FileDescriptor();
  EXPECT_FALSE(second.open());
  EXPECT_EQ(::send(fd, "x", 1, 0), -1);
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace weir::bench
