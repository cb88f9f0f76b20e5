#include "dataplane/request_id.h"

#include <gtest/gtest.h>

#include <cstddef>
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

TEST(RequestIdTest, EachHalfByteIsADigitOfItsOwn) {
  for (int digit = 0; digit < 16; ++digit) {
    // The highest four bits of the first word.
    testing::FakeRandom random({digit / 16.0, 0.0});
    std::string id(RequestId(random).text());
    const std::size_t at = 4 + 15;
    EXPECT_EQ(id.at(at), "0123456789abcdef"[digit]);
    id.at(at) = '0';
    EXPECT_EQ(id, "req_" + std::string(32, '0'));
  }
}

TEST(RequestIdTest, BothWordsAreUsed) {
  testing::FakeRandom random({0.0, 0.5});
  EXPECT_EQ(RequestId(random).text(), "req_" + std::string(31, '0') + "8");
}

TEST(RequestIdTest, IsEmptyUntilItIsMade) {
  EXPECT_EQ(RequestId().text(), "");
  EXPECT_EQ(RequestId("req_1").text(), "req_1");
}

}  // namespace
}  // namespace weir::dataplane
