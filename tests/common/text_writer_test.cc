#include "common/text_writer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace weir {
namespace {

template <typename... Pieces>
std::string Written(const Pieces&... pieces) {
  std::string text = "what was there";
  TextWriter(text).Write(pieces...);
  return text;
}

TEST(TextWriterTest, NothingIsEmpty) {
  std::string text = "what was there";
  { const TextWriter out(text); }
  EXPECT_EQ(text, "");
  EXPECT_EQ(Written(""), "");
  EXPECT_EQ(Written(std::string_view(), std::string()), "");
}

TEST(TextWriterTest, EveryKindOfTextIsTaken) {
  const char* const pointer = "b";
  EXPECT_EQ(Written("a", pointer, std::string("c"), std::string_view("d"),
                    std::array<char, 2>{'e', 'f'}),
            "abcdef");
}

TEST(TextWriterTest, NumbersAreDecimal) {
  EXPECT_EQ(Written(0, " ", -1, " ", 42U), "0 -1 42");
  EXPECT_EQ(Written(std::numeric_limits<std::uint8_t>::max(), ",",
                    std::numeric_limits<std::int8_t>::min()),
            "255,-128");
  EXPECT_EQ(Written(std::numeric_limits<std::int64_t>::min()),
            "-9223372036854775808");
  EXPECT_EQ(Written(std::numeric_limits<std::uint64_t>::max()),
            "18446744073709551615");
}

TEST(TextWriterTest, ThreeDigitsHaveZerosBefore) {
  EXPECT_EQ(Written(ThreeDigits(0), ThreeDigits(7), ThreeDigits(40),
                    ThreeDigits(std::int64_t{999})),
            "000007040999");
}

// Every size has a way of its own to be copied.
TEST(TextWriterTest, PiecesOfEverySizeAreWhole) {
  std::string source;
  for (int i = 0; i < 600; ++i) source += static_cast<char>('!' + i % 90);
  for (std::size_t size = 0; size < source.size(); ++size) {
    const std::string piece = source.substr(0, size);
    EXPECT_EQ(Written("<", piece, ">"), "<" + piece + ">");
  }
}

TEST(TextWriterTest, GrowsFromWhateverThereWas) {
  std::string all;
  for (int i = 0; i < 500; ++i) all += std::to_string(i) + "\r\n";
  for (const std::size_t size : {0, 1, 15, 16, 100, 479, 480, 481, 5000}) {
    std::string text(size, 'x');
    {
      TextWriter out(text);
      for (int i = 0; i < 500; ++i) out.Write(i, "\r\n");
    }
    EXPECT_EQ(text, all);
  }
}

TEST(TextWriterTest, AShorterTextLeavesNothingOfALongerOne) {
  std::string text(1000, 'x');
  TextWriter(text).Write("short");
  EXPECT_EQ(text, "short");
}

}  // namespace
}  // namespace weir
