#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

TEST(FindTest, OpenAiIsTheDefault) {
  EXPECT_EQ(Find(config::v1::DIALECT_OPENAI), &OpenAi());
  EXPECT_EQ(Find(config::v1::DIALECT_UNSPECIFIED), &OpenAi());
}

TEST(FindTest, EachHasItsOwn) {
  EXPECT_EQ(Find(config::v1::DIALECT_ANTHROPIC), &Anthropic());
  EXPECT_EQ(Find(config::v1::DIALECT_GEMINI), &Gemini());
}

TEST(FindTest, DialectsOfOtherVersionsAreNotFound) {
  EXPECT_EQ(Find(static_cast<config::v1::Dialect>(17)), nullptr);
}

}  // namespace
}  // namespace weir::dialect
