#include "common/net/forward_proxy.h"

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/net/no_proxy.h"
#include "common/net/url.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

using Variables = std::map<std::string, std::string>;

Environment Environ(Variables variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

struct ProxyCase {
  const char* name;
  std::string url;
  std::string configured;
  Variables environment;
  std::string want;  // The proxy's host; empty: direct.
};

class ChooseProxyTest : public ::testing::TestWithParam<ProxyCase> {};

TEST_P(ChooseProxyTest, FollowsTheTable) {
  const auto proxy =
      ChooseProxy(ParseUrl(GetParam().url).value(), GetParam().configured,
                  Environ(GetParam().environment));
  ASSERT_THAT(proxy, IsOk());
  EXPECT_EQ(proxy->has_value() ? (*proxy)->host : "", GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ChooseProxyTest,
    ::testing::ValuesIn<ProxyCase>({
        {"NothingSaid", "https://a.test", "", {}, ""},
        {"EmptyVariableIsUnset",
         "https://a.test",
         "",
         {{"HTTPS_PROXY", ""}},
         ""},
        {"Environment",
         "https://a.test",
         "",
         {{"HTTPS_PROXY", "http://p:3128"}},
         "p"},
        {"LowerCaseTwinWins",
         "https://a.test",
         "",
         {{"HTTPS_PROXY", "http://p"}, {"https_proxy", "http://q"}},
         "q"},
        {"EnvironmentIsForHttpsOnly",
         "http://a.test",
         "",
         {{"HTTPS_PROXY", "http://p"}, {"HTTP_PROXY", "http://q"}},
         ""},
        {"Exempt",
         "https://a.test",
         "",
         {{"HTTPS_PROXY", "http://p"}, {"NO_PROXY", "a.test"}},
         ""},
        {"OtherExempt",
         "https://a.test",
         "",
         {{"HTTPS_PROXY", "http://p"}, {"no_proxy", "b.test"}},
         "p"},
        {"ConfiguredWins",
         "https://a.test",
         "http://mine:1",
         {{"HTTPS_PROXY", "http://p"}, {"NO_PROXY", "*"}},
         "mine"},
        {"ConfiguredIsForHttpToo", "http://a.test", "http://mine", {}, "mine"},
        {"DirectWins",
         "https://a.test",
         "direct",
         {{"HTTPS_PROXY", "http://p"}},
         ""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ChooseProxyErrorTest, NamesItsSource) {
  const Url url = ParseUrl("https://a.test").value();
  EXPECT_THAT(
      ChooseProxy(url, "", Environ({{"HTTPS_PROXY", "socks5://p"}})),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("HTTPS_PROXY")));
  EXPECT_THAT(ChooseProxy(url, "p:3128", Environ({})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("forward proxy URL")));
}

TEST(ParseProxyUrlTest, ReadsHostPortAndCredentials) {
  auto proxy = ParseProxyUrl("http://proxy.test");
  ASSERT_THAT(proxy, IsOk());
  EXPECT_EQ(proxy->port, 80);
  EXPECT_TRUE(proxy->credentials.empty());

  proxy = ParseProxyUrl("http://us%40er:p%3Aw%2f@[::1]:3128/");
  ASSERT_THAT(proxy, IsOk());
  EXPECT_EQ(proxy->host, "::1");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->credentials.Reveal(), "us@er:p:w/");

  proxy = ParseProxyUrl("http://only@p");
  ASSERT_THAT(proxy, IsOk());
  EXPECT_EQ(proxy->credentials.Reveal(), "only:");
}

TEST(ParseProxyUrlTest, RefusesTheRest) {
  for (const char* text :
       {"", "p:3128", "https://p", "socks5://p", "http://", "http://p/path",
        "http://p:0", "http://p:x", "http://us%zz@p", "http://us%0d@p",
        "http://us%4@p", "http://a%3ab:c@p"}) {
    EXPECT_THAT(ParseProxyUrl(text),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(ParseProxyUrlTest, MessageQuotesNoCredentials) {
  EXPECT_THAT(
      ParseProxyUrl("http://user:s3cr%zzet@p"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("user information"), Not(HasSubstr("s3cr")))));
  EXPECT_THAT(
      ParseProxyUrl("http://user:s3cret@-bad-"),
      StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("s3cret"))));
}

struct NoProxyCase {
  std::string list;
  std::string url;
  bool want;
};

class NoProxyTest : public ::testing::TestWithParam<NoProxyCase> {};

TEST_P(NoProxyTest, FollowsTheTable) {
  EXPECT_EQ(NoProxyMatches(GetParam().list, ParseUrl(GetParam().url).value()),
            GetParam().want)
      << GetParam().list << " for " << GetParam().url;
}

INSTANTIATE_TEST_SUITE_P(Names, NoProxyTest,
                         ::testing::ValuesIn<NoProxyCase>({
                             {"", "https://a.test", false},
                             {" , ,", "https://a.test", false},
                             {"*", "https://a.test", true},
                             {"a.test", "https://a.test", true},
                             {"A.Test", "https://a.test", true},
                             {"a.test", "https://b.a.test", true},
                             {"a.test", "https://ba.test", false},
                             {".a.test", "https://a.test", true},
                             {".a.test", "https://b.a.test", true},
                             {".a.test", "https://ba.test", false},
                             {"b.a.test", "https://a.test", false},
                             {".", "https://a.test", false},
                             {"x.test, a.test", "https://a.test", true},
                             {"x.test a.test", "https://a.test", true},
                             {"*.a.test", "https://b.a.test", false},
                         }));

INSTANTIATE_TEST_SUITE_P(Ports, NoProxyTest,
                         ::testing::ValuesIn<NoProxyCase>({
                             {"a.test:443", "https://a.test", true},
                             {"a.test:8443", "https://a.test", false},
                             {"a.test:8443", "https://a.test:8443", true},
                             {"a.test:", "https://a.test", false},
                             {"127.0.0.1:443", "https://127.0.0.1", true},
                             {"127.0.0.1:80", "https://127.0.0.1", false},
                             {"[::1]:443", "https://[::1]", true},
                             {"[::1]:80", "https://[::1]", false},
                         }));

INSTANTIATE_TEST_SUITE_P(Addresses, NoProxyTest,
                         ::testing::ValuesIn<NoProxyCase>({
                             {"127.0.0.1", "https://127.0.0.1", true},
                             {"127.0.0.1", "https://127.0.0.2", false},
                             {"0.0.1", "https://127.0.0.1", false},
                             {"10.0.0.0/8", "https://10.1.2.3", true},
                             {"10.9.9.9/8", "https://10.1.2.3", true},
                             {"10.0.0.0/8", "https://11.1.2.3", false},
                             {"10.0.0.0/33", "https://10.0.0.0", false},
                             {"0.0.0.0/0", "https://10.1.2.3", true},
                             {"10.0.0.0/8", "https://[::1]", false},
                             {"::1", "https://[::1]", true},
                             {"[::1]", "https://[::1]", true},
                             {"0:0::1", "https://[::1]", true},
                             {"2001:db8::/32", "https://[2001:db8:1::2]", true},
                             {"2001:db8::/32", "https://[2001:db9::2]", false},
                             {"10.0.0.0/8", "https://a.test", false},
                         }));

}  // namespace
}  // namespace weir::net
