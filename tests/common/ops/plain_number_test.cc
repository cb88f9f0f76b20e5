#include "common/ops/plain_number.h"

#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weir::ops {
namespace {

struct NumberCase {
  double value;
  std::string want;
};

TEST(PlainNumberTest, FollowsTheTable) {
  const double largest = std::numeric_limits<double>::max();
  const std::vector<NumberCase> cases = {
      {0, "0"},
      {-0.0, "0"},
      {99, "99"},
      {100, "100"},
      {0.25, "0.25"},
      {-1.5, "-1.5"},
      {1234567, "1234567"},
      {0.00001, "0.00001"},
      {1.0 / 3, "0.333333"},
      {2.0 / 3, "0.666667"},
      {0.0000004, "0"},
      {-0.0000004, "0"},
      {1e21, "1000000000000000000000"},
      {std::numeric_limits<double>::infinity(), "null"},
      {-std::numeric_limits<double>::infinity(), "null"},
      {std::numeric_limits<double>::quiet_NaN(), "null"},
  };
  for (const NumberCase& c : cases) EXPECT_EQ(PlainNumber(c.value), c.want);
  EXPECT_EQ(std::stod(PlainNumber(largest)), largest);
  EXPECT_EQ(std::stod(PlainNumber(-largest)), -largest);
}

}  // namespace
}  // namespace weir::ops
