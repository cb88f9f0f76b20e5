#include "common/net/address_policy.h"

#include <boost/asio/ip/address.hpp>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

absl::Status Check(const std::string& text) {
  return CheckAddress(boost::asio::ip::make_address(text));
}

TEST(CheckAddressTest, AllowsWhereProvidersLive) {
  for (const char* text :
       {"1.1.1.1", "104.18.7.192", "127.0.0.1", "127.255.255.254", "10.0.0.1",
        "172.16.0.1", "192.168.1.1", "100.64.0.1",
        // The neighbours of refused ranges.
        "1.0.0.0", "169.253.255.255", "169.255.0.0", "100.100.100.199",
        "100.100.100.201", "223.255.255.255", "240.0.0.1", "255.255.255.254",
        "::1", "2606:4700::1111", "fd00::1", "fd00:ec2::253", "fd00:ec2::255",
        "fec0::1", "fe7f::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_THAT(Check(text), IsOk()) << text;
  }
}

struct RefusedAddress {
  std::string text;
  std::string want;
};

class RefusedAddressTest : public ::testing::TestWithParam<RefusedAddress> {};

TEST_P(RefusedAddressTest, NamesAddressAndReason) {
  EXPECT_THAT(
      Check(GetParam().text),
      StatusIs(absl::StatusCode::kPermissionDenied,
               AllOf(HasSubstr(GetParam().text), HasSubstr(GetParam().want))));
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedAddressTest,
                         ::testing::ValuesIn<RefusedAddress>({
                             {"0.0.0.0", "this host"},
                             {"0.1.2.3", "this host"},
                             {"169.254.0.0", "link-local"},
                             {"169.254.169.254", "link-local"},
                             {"169.254.255.255", "link-local"},
                             {"100.100.100.200", "metadata"},
                             {"224.0.0.1", "multicast"},
                             {"239.255.255.255", "multicast"},
                             {"255.255.255.255", "broadcast"},
                             {"::", "unspecified"},
                             {"fe80::1", "link-local"},
                             {"febf::1", "link-local"},
                             {"ff02::1", "multicast"},
                             {"fd00:ec2::254", "metadata"},
                             // Mapped, compatible, translated.
                             {"::ffff:169.254.169.254", "link-local"},
                             {"::ffff:0.0.0.0", "this host"},
                             {"::ffff:100.100.100.200", "metadata"},
                             {"::ffff:224.0.0.1", "multicast"},
                             {"::169.254.169.254", "link-local"},
                             {"::ffff:0:a9fe:a9fe", "link-local"},
                             // 6to4.
                             {"2002:a9fe:a9fe::", "link-local"},
                             {"2002:a9fe:a9fe::1", "link-local"},
                             {"2002:6464:64c8::1", "metadata"},
                             // NAT64, well-known and local.
                             {"64:ff9b::a9fe:a9fe", "link-local"},
                             {"64:ff9b::ffff:ffff", "broadcast"},
                             {"64:ff9b:1::a9fe:a9fe", "link-local"},
                         }));

}  // namespace
}  // namespace weir::net
