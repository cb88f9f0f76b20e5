#include "common/stable_hash.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace weir {
namespace {

// What every version on every machine must come to: nodes of two versions serve
// one conversation.
TEST(StableHashTest, IsTheSameEverywhere) {
  EXPECT_EQ(StableHash(""), 0x70dd8c14b75780a3U);
  EXPECT_EQ(StableHash("conversation"), 0x48488e0e4b548fa7U);
  EXPECT_EQ(StableHash("0123456789abcdef"), 0x0aa502c9abc5fca3U);
}

TEST(StableHashTest, EveryByteAndTheLengthMatter) {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string zeros(size, '\0');
    EXPECT_TRUE(seen.insert(StableHash(zeros)).second) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string text = zeros;
      text[at] = 1;
      EXPECT_TRUE(seen.insert(StableHash(text)).second) << size << ' ' << at;
    }
  }
}

TEST(StableHashTest, OfTwoTheOrderMatters) {
  EXPECT_NE(StableHash(1, 2), StableHash(2, 1));
}

}  // namespace
}  // namespace weir
