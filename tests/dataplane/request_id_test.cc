#include "dataplane/request_id.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/random.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {
namespace {

TEST(RequestIdTest, Is32DigitsOfChance) {
  testing::FakeRandom zero({0.0});
  EXPECT_EQ(RequestId(zero).text(), "req_" + std::string(32, '0'));
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id(RequestId(random).text());
    EXPECT_EQ(id.size(), 36U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef", 4), std::string::npos);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(RequestIdTest, BothWordsAreUsed) {
  testing::FakeRandom random({0.5, 0.0});
  // The highest bit of the first word alone, its digits from low to high.
  EXPECT_EQ(RequestId(random).text(),
            "req_" + std::string(15, '0') + "8" + std::string(16, '0'));
}

TEST(RequestIdTest, IsEmptyUntilItIsMade) {
  EXPECT_EQ(RequestId().text(), "");
  EXPECT_EQ(RequestId("req_1").text(), "req_1");
}

}  // namespace
}  // namespace weir::dataplane
