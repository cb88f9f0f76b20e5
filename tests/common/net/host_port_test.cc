#include "common/net/host_port.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using testing::StatusIs;

TEST(ParseHostPortTest, ReadsNamesAndAddresses) {
  EXPECT_THAT(ParseHostPort("127.0.0.1:8080"),
              IsOkAndHolds(HostPort{"127.0.0.1", 8080}));
  EXPECT_THAT(ParseHostPort("LocalHost:0"),
              IsOkAndHolds(HostPort{"localhost", 0}));
  EXPECT_THAT(ParseHostPort("[::]:65535"), IsOkAndHolds(HostPort{"::", 65535}));
}

TEST(ParseHostPortTest, NamesWhatIsWrong) {
  const auto refuses_with = [](const char* why) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why));
  };
  EXPECT_THAT(ParseHostPort(""), refuses_with("no host"));
  EXPECT_THAT(ParseHostPort(":8080"), refuses_with("no host"));
  EXPECT_THAT(ParseHostPort("8080"), refuses_with("IPv4"));
  EXPECT_THAT(ParseHostPort("localhost"), refuses_with("host:port"));
  EXPECT_THAT(ParseHostPort("[::1]"), refuses_with("host:port"));
  EXPECT_THAT(ParseHostPort("localhost:http"), refuses_with("\"http\""));
  EXPECT_THAT(ParseHostPort("localhost:99999"), refuses_with("\"99999\""));
  EXPECT_THAT(ParseHostPort("::1:80"), refuses_with("no host"));
  EXPECT_THAT(ParseHostPort(std::string("[::1\0x]:80", 10)),
              refuses_with("IPv6"));
}

TEST(FormatHostPortTest, IsWhatParseHostPortReads) {
  for (const char* text : {"a.test:80", "127.0.0.1:0", "[2001:db8::1]:443"}) {
    EXPECT_EQ(FormatHostPort(ParseHostPort(text).value()), text);
  }
}

}  // namespace
}  // namespace weir::net
