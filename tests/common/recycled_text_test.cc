#include "common/recycled_text.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace weir {
namespace {

TEST(RecycledTextTest, TakesOverTheMemoryOfOneThatEnded) {
  const char* memory = nullptr;
  {
    RecycledText first = RecycledText::WithRoom(2000);
    *first = std::string(1500, 'x');
    first = RecycledText(std::string(1800, 'y'));
    memory = (*first).data();
  }
  const RecycledText second = RecycledText::WithRoom(1000);
  EXPECT_EQ((*second).data(), memory);
  EXPECT_EQ(*second, "");
}

TEST(RecycledTextTest, HasTheRoomThatIsAskedFor) {
  { const RecycledText small = RecycledText::WithRoom(1000); }
  const RecycledText large = RecycledText::WithRoom(100'000);
  EXPECT_GE((*large).capacity(), 100'000U);
}

TEST(RecycledTextTest, KeepsNoLargeOne) {
  { const RecycledText large = RecycledText::WithRoom(100'000); }
  const RecycledText next = RecycledText::WithRoom(0);
  EXPECT_LT((*next).capacity(), 100'000U);
}

TEST(RecycledTextTest, MovesItsText) {
  RecycledText from(std::string(1000, 'x'));
  const RecycledText to = std::move(from);
  EXPECT_EQ(*to, std::string(1000, 'x'));
}

}  // namespace
}  // namespace weir
