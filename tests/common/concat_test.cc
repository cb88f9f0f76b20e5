#include "common/concat.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace weir {
namespace {

TEST(ConcatTest, NothingIsEmpty) {
  EXPECT_EQ(Concat(), "");
  EXPECT_EQ(Concat(""), "");
  EXPECT_EQ(Concat(std::string_view(), std::string()), "");
}

TEST(ConcatTest, EveryKindOfTextIsTaken) {
  const char* const pointer = "b";
  EXPECT_EQ(Concat("a", pointer, std::string("c"), std::string_view("d")),
            "abcd");
}

TEST(ConcatTest, TextMayHoldAnyByte) {
  const std::string nul("a\0b", 3);
  EXPECT_EQ(Concat(nul, "\xff").size(), 4U);
  EXPECT_EQ(Concat(nul, "\xff"), nul + "\xff");
}

TEST(ConcatTest, NumbersAreDecimal) {
  EXPECT_EQ(Concat(0, " ", -1, " ", 42U), "0 -1 42");
  EXPECT_EQ(Concat(std::uint8_t{65}, ",", std::int16_t{-7}), "65,-7");
  EXPECT_EQ(Concat(std::numeric_limits<std::int64_t>::min()),
            "-9223372036854775808");
  EXPECT_EQ(Concat(std::numeric_limits<std::int64_t>::max()),
            "9223372036854775807");
  EXPECT_EQ(Concat(std::numeric_limits<std::uint64_t>::max()),
            "18446744073709551615");
}

template <typename Piece>
concept Concatenates = requires(std::string& out, const Piece& piece) {
  concat_internal::AppendPiece(out, piece);
};

// `Concat('a' + 1)` or `Concat(ok)` would print something nobody meant.
TEST(ConcatTest, WhatReadsAsSomethingElseIsNotTaken) {
  static_assert(Concatenates<int>);
  static_assert(!Concatenates<char>);
  static_assert(!Concatenates<bool>);
  static_assert(!Concatenates<double>);
}

TEST(AppendTest, KeepsWhatIsThere) {
  std::string out = "a";
  Append(out, "b", 1, std::string_view("c"));
  Append(out);
  EXPECT_EQ(out, "ab1c");
}

TEST(AppendTest, ATextMayBeAppendedToItself) {
  std::string out = "ab";
  Append(out, out);
  EXPECT_EQ(out, "abab");
}

}  // namespace
}  // namespace weir
