#include "dataplane/attempt/repeated_secret.h"

#include <string>

#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

TEST(StarredTest, EveryPlaceIsCoveredAndTheLengthStays) {
  EXPECT_EQ(Starred("wrong key sk-12345, sk-12345!", "sk-12345"),
            "wrong key ********, ********!");
  EXPECT_EQ(Starred("sk-12345", "sk-12345"), "********");
}

// Stars are found again where they are looked for.
TEST(StarredTest, ASecretOfStarsHasAnEnd) {
  EXPECT_EQ(Starred("a ********* b", "********"), "a ********* b");
}

TEST(StarredTest, WhatHoldsNoSecretStays) {
  EXPECT_EQ(Starred("wrong key sk-12346", "sk-12345"), "wrong key sk-12346");
  EXPECT_EQ(Starred("", "sk-12345"), "");
}

// A provider without a credential, and words that many texts have.
TEST(RepeatsTest, AShortOneIsNoSecret) {
  EXPECT_FALSE(Repeats("any text", ""));
  EXPECT_FALSE(Repeats("any text", "text"));
  EXPECT_EQ(Starred("any text", "text"), "any text");
  EXPECT_TRUE(Repeats("any long text", "long text"));
}

}  // namespace
}  // namespace weir::dataplane
