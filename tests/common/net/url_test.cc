#include "common/net/url.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::HasSubstr;
using testing::IsOkAndHolds;
using ::testing::Not;
using testing::StatusIs;

struct GoodUrl {
  std::string text;
  Url want;
  std::string want_host_header;
};

class GoodUrlTest : public ::testing::TestWithParam<GoodUrl> {};

TEST_P(GoodUrlTest, IsReadInParts) {
  const auto url = ParseUrl(GetParam().text);
  ASSERT_THAT(url, IsOkAndHolds(GetParam().want)) << GetParam().text;
  EXPECT_EQ(url->HostHeader(), GetParam().want_host_header);
}

constexpr Scheme kHttp = Scheme::kHttp;
constexpr Scheme kHttps = Scheme::kHttps;

INSTANTIATE_TEST_SUITE_P(
    Table, GoodUrlTest,
    ::testing::ValuesIn<GoodUrl>({
        {"https://api.openai.com/v1",
         {kHttps, "api.openai.com", 443, "/v1"},
         "api.openai.com"},
        {"http://relay", {kHttp, "relay", 80, ""}, "relay"},
        {"http://relay/", {kHttp, "relay", 80, ""}, "relay"},
        {"https://relay/v1/", {kHttps, "relay", 443, "/v1"}, "relay"},
        {"HTTPS://API.Example.COM/V1",
         {kHttps, "api.example.com", 443, "/V1"},
         "api.example.com"},
        {"https://a.test:443/v1", {kHttps, "a.test", 443, "/v1"}, "a.test"},
        {"http://a.test:443", {kHttp, "a.test", 443, ""}, "a.test:443"},
        {"https://a.test:80", {kHttps, "a.test", 80, ""}, "a.test:80"},
        {"http://a.test:1", {kHttp, "a.test", 1, ""}, "a.test:1"},
        {"http://a.test:65535", {kHttp, "a.test", 65535, ""}, "a.test:65535"},
        {"http://127.0.0.1:8080/v1",
         {kHttp, "127.0.0.1", 8080, "/v1"},
         "127.0.0.1:8080"},
        {"http://[::1]/v1", {kHttp, "::1", 80, "/v1"}, "[::1]"},
        {"http://[::1]:8080", {kHttp, "::1", 8080, ""}, "[::1]:8080"},
        {"https://[2001:DB8:0::1]",
         {kHttps, "2001:db8::1", 443, ""},
         "[2001:db8::1]"},
        {"http://[::ffff:127.0.0.1]",
         {kHttp, "::ffff:127.0.0.1", 80, ""},
         "[::ffff:127.0.0.1]"},
        {"https://xn--bcher-kva.example",
         {kHttps, "xn--bcher-kva.example", 443, ""},
         "xn--bcher-kva.example"},
        {"http://my_service.ns.svc:8000/v1",
         {kHttp, "my_service.ns.svc", 8000, "/v1"},
         "my_service.ns.svc:8000"},
        {"https://0x7f.example",
         {kHttps, "0x7f.example", 443, ""},
         "0x7f.example"},
        {"https://1.2.3.4.example",
         {kHttps, "1.2.3.4.example", 443, ""},
         "1.2.3.4.example"},
        {"https://a.test/openai/deployments/gpt-4.1;v=1/x_y~z@2:3",
         {kHttps, "a.test", 443, "/openai/deployments/gpt-4.1;v=1/x_y~z@2:3"},
         "a.test"},
        {"https://a.test/a%C3%A9b",
         {kHttps, "a.test", 443, "/a%C3%A9b"},
         "a.test"},
        {"https://a.test/...", {kHttps, "a.test", 443, "/..."}, "a.test"},
    }));

struct BadUrl {
  std::string text;
  std::string want;  // Part of the message.
};

class BadUrlTest : public ::testing::TestWithParam<BadUrl> {};

TEST_P(BadUrlTest, IsRefusedWithTheReason) {
  EXPECT_THAT(
      ParseUrl(GetParam().text),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().want)))
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Scheme, BadUrlTest,
                         ::testing::ValuesIn<BadUrl>({
                             {"", "http:// or https://"},
                             {"api.openai.com", "http:// or https://"},
                             {"api.openai.com/v1", "http:// or https://"},
                             {"//api.openai.com/v1", "http:// or https://"},
                             {"https:/a.test", "http:// or https://"},
                             {"https:a.test", "http:// or https://"},
                             {"ftp://a.test", "http:// or https://"},
                             {"file:///etc/passwd", "http:// or https://"},
                             {"gopher://a.test", "http:// or https://"},
                             {"ws://a.test", "http:// or https://"},
                         }));

INSTANTIATE_TEST_SUITE_P(
    Characters, BadUrlTest,
    ::testing::ValuesIn<BadUrl>({
        {" https://a.test", "white space"},
        {"https://a.test/v1 ", "white space"},
        {"https://a.test/v1\r\nX: y", "white space"},
        {"https://a.test/\tx", "white space"},
        {std::string("https://a.test/\0x", 17), "control character"},
        {"https://a.test/\x7f", "control character"},
        {"https://b\xc3\xbc"
         "cher.example",
         "xn--"},
        {"https://\xef\xbc\x91\x32\x37.0.0.1", "beyond ASCII"},
        {"https://a.test\\@b.test/", "user information"},
        {"https://a.test/\\v1", "backslash"},
        {"https://a.test/v1?x=y", "query"},
        {"https://a.test?x", "query"},
        {"https://a.test/v1#x", "fragment"},
        {"https://a.test/" + std::string(2048, 'a'), "longer"},
    }));

INSTANTIATE_TEST_SUITE_P(Host, BadUrlTest,
                         ::testing::ValuesIn<BadUrl>({
                             {"https://", "no host"},
                             {"https:///v1", "no host"},
                             {"https://:443", "no host"},
                             {"https://user@a.test", "user information"},
                             {"https://user:pw@a.test", "user information"},
                             {"https://a.test:80@b.test", "user information"},
                             {"https://017.0.0.1", "IPv4"},
                             {"https://0177.0.0.1", "IPv4"},
                             {"https://0x7f.1", "IPv4"},
                             {"https://0x7f000001", "IPv4"},
                             {"https://2130706433", "IPv4"},
                             {"https://127.1", "IPv4"},
                             {"https://127.0.1", "IPv4"},
                             {"https://127.0.0.0x1", "IPv4"},
                             {"https://127.0.0.256", "IPv4"},
                             {"https://1.2.3.4.5", "IPv4"},
                             {"https://127.0.0.1.", "DNS name"},
                             {"https://a.test.", "DNS name"},
                             {"https://.a.test", "DNS name"},
                             {"https://a..test", "DNS name"},
                             {"https://-a.test", "DNS name"},
                             {"https://a-.test", "DNS name"},
                             {"https://a,b.test", "DNS name"},
                             {"https://a.te%73t", "DNS name"},
                             {"https://127.0.0.1%00", "DNS name"},
                             {"https://" + std::string(64, 'a') + ".test",
                              "DNS name"},
                             {"https://[::1", "bracket"},
                             {"https://[::1]x", "bracket"},
                             {"https://[]", "IPv6"},
                             {"https://[1.2.3.4]", "IPv6"},
                             {"https://[::g]", "IPv6"},
                             {"https://[fe80::1%eth0]", "IPv6"},
                             {"https://[fe80::1%25eth0]", "IPv6"},
                             {"https://::1", "no host"},
                         }));

INSTANTIATE_TEST_SUITE_P(Port, BadUrlTest,
                         ::testing::ValuesIn<BadUrl>({
                             {"https://a.test:", "port"},
                             {"https://a.test:0", "port 0"},
                             {"https://a.test:65536", "port"},
                             {"https://a.test:0443", "port"},
                             {"https://a.test:+443", "port"},
                             {"https://a.test:-1", "port"},
                             {"https://a.test:443x", "port"},
                             {"https://a.test:443:443", "port"},
                             {"https://a.test:https", "port"},
                             {"https://[::1]:", "port"},
                         }));

INSTANTIATE_TEST_SUITE_P(Path, BadUrlTest,
                         ::testing::ValuesIn<BadUrl>({
                             {"https://a.test/..", "`..`"},
                             {"https://a.test/v1/../admin", "`..`"},
                             {"https://a.test/./v1", "`.`"},
                             {"https://a.test/..;x/v1", "`..`"},
                             {"https://a.test//v1", "empty step"},
                             {"https://a.test/v1//", "empty step"},
                             {"https://a.test/%2e%2e/v1", "escape"},
                             {"https://a.test/a%2Fb", "escape"},
                             {"https://a.test/a%5cb", "escape"},
                             {"https://a.test/a%00b", "escape"},
                             {"https://a.test/a%0d%0ab", "escape"},
                             {"https://a.test/a%7fb", "escape"},
                             {"https://a.test/a%2", "escape"},
                             {"https://a.test/a%zzb", "escape"},
                             {"https://a.test/<v1>", "character"},
                             {"https://a.test/{v1}", "character"},
                             {"https://a.test/\"", "character"},
                         }));

TEST(ParseUrlTest, UserInformationIsNotQuoted) {
  const auto url = ParseUrl("https://user:s3cret@a.test/v1");
  EXPECT_THAT(std::string(url.status().message()), Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace weir::net
