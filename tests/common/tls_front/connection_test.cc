#include "common/tls_front/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::tls_front {
namespace {

using ::testing::StartsWith;

// What the accepting side of a connection to `address` says of the other.
// Empty: there is no such address on this machine.
std::string AddressOverLoopback(sockaddr* address, socklen_t size) {
  const OwnedFd listener(
      socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (bind(listener.get(), address, size) != 0) return "";
  EXPECT_EQ(listen(listener.get(), 1), 0);
  EXPECT_EQ(getsockname(listener.get(), address, &size), 0);
  const OwnedFd client(
      socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(connect(client.get(), address, size), 0);
  const OwnedFd accepted(accept(listener.get(), nullptr, nullptr));
  return PeerAddress(accepted.get());
}

TEST(PeerAddressTest, IsAsGrpcWritesIt) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_THAT(AddressOverLoopback(reinterpret_cast<sockaddr*>(&address),
                                  sizeof(address)),
              StartsWith("ipv4:127.0.0.1:"));
}

TEST(PeerAddressTest, OfIpv6IsInBrackets) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const std::string peer = AddressOverLoopback(
      reinterpret_cast<sockaddr*>(&address), sizeof(address));
  if (peer.empty()) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_THAT(peer, StartsWith("ipv6:[::1]:"));
}

TEST(PeerAddressTest, OfAnythingElseIsNotKnown) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const OwnedFd one(ends[0]);
  const OwnedFd other(ends[1]);
  EXPECT_EQ(PeerAddress(one.get()), "");
}

}  // namespace
}  // namespace weir::tls_front
