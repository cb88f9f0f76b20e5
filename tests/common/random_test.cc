#include "common/random.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "gtest/gtest.h"

namespace weir {
namespace {

class FixedBits final : public Random {
 public:
  explicit FixedBits(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t Bits() override { return bits_; }

 private:
  const std::uint64_t bits_;
};

TEST(RandomTest, UniformIsFromZeroToBelowOne) {
  EXPECT_EQ(FixedBits(0).Uniform(), 0.0);
  EXPECT_EQ(FixedBits(std::uint64_t{1} << 63).Uniform(), 0.5);
  EXPECT_LT(FixedBits(std::numeric_limits<std::uint64_t>::max()).Uniform(),
            1.0);
}

TEST(SystemRandomTest, EachHasASeedOfItsOwn) {
  SystemRandom a;
  SystemRandom b;
  // 2^-64 to be wrong.
  EXPECT_NE(a.Bits(), b.Bits());
}

// 160,000 draws into 16 buckets: 10,000 each, with a standard deviation of 97.
// Ten of them are passed once in 10^22 runs.
TEST(SystemRandomTest, UniformFillsItsRangeEvenly) {
  SystemRandom random;
  std::array<int, 16> buckets{};
  for (int i = 0; i < 160'000; ++i) {
    ++buckets[static_cast<std::size_t>(random.Uniform() * 16)];
  }
  for (const int count : buckets) EXPECT_NEAR(count, 10'000, 970);
}

TEST(SystemRandomTest, EveryBitIsSetHalfOfTheTime) {
  SystemRandom random;
  std::array<int, 64> set{};
  for (int i = 0; i < 40'000; ++i) {
    const std::uint64_t bits = random.Bits();
    for (int bit = 0; bit < 64; ++bit) {
      set[static_cast<std::size_t>(bit)] += (bits >> bit) & 1;
    }
  }
  // Standard deviation 100, ten of them allowed.
  for (const int count : set) EXPECT_NEAR(count, 20'000, 1'000);
}

}  // namespace
}  // namespace weir
