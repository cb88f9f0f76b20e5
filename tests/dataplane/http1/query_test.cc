#include "dataplane/http1/query.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

TEST(QueryValueTest, IsTheFirstOfItsName) {
  EXPECT_EQ(QueryValue("key=a", "key"), "a");
  EXPECT_EQ(QueryValue("alt=sse&key=a&key=b", "key"), "a");
  EXPECT_EQ(QueryValue("key=a=b", "key"), "a=b");
  for (const std::string_view none :
       {"", "key", "key=", "keys=a", "monkey=a", "KEY=a", "alt=key", "&&"}) {
    EXPECT_EQ(QueryValue(none, "key"), "") << none;
  }
}

std::string Without(std::string_view query) {
  std::string out = "/path";
  AppendQueryWithout(query, "key", out);
  return out;
}

TEST(QueryWithoutTest, LeavesTheOthersAsTheyStand) {
  EXPECT_EQ(Without(""), "/path");
  EXPECT_EQ(Without("key=a"), "/path");
  EXPECT_EQ(Without("key"), "/path");
  EXPECT_EQ(Without("key=a&key=b"), "/path");
  EXPECT_EQ(Without("key=a&alt=sse"), "/path?alt=sse");
  EXPECT_EQ(Without("alt=sse&key=a&b=%2f"), "/path?alt=sse&b=%2f");
  EXPECT_EQ(Without("beta=true"), "/path?beta=true");
  EXPECT_EQ(Without("a&&b&"), "/path?a&&b&");
  EXPECT_EQ(Without("monkey=a"), "/path?monkey=a");
}

}  // namespace
}  // namespace weir::dataplane::http1
