#include "dataplane/http1/characters.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

// The end of a head may stand anywhere in the sixteen bytes that are looked at
// together, and what looks like it may stand before.
TEST(FindEmptyLineTest, FindsWhatFindFinds) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (const std::string_view before : {"", "\r\n", "\r\r", "\r\n\rx\n"}) {
      for (const std::string_view end : {"\r\n\r\n", "\r\n\r", "\n\r\n\r\n"}) {
        for (const std::size_t after : {0, 1, 30}) {
          const std::string text = Concat(before, std::string(size, 'x'), end,
                                          std::string(after, 'y'));
          EXPECT_EQ(FindEmptyLine(text), text.find("\r\n\r\n")) << text;
          EXPECT_EQ(FindEmptyLine(text, 1), text.find("\r\n\r\n", 1)) << text;
        }
      }
    }
  }
}

TEST(FindEmptyLineTest, FindsTheFirst) {
  EXPECT_EQ(FindEmptyLine("a\r\n\r\nb\r\n\r\n012345678901234567890"), 1U);
}

// A name of every length, with every byte behind it, in a text that is long
// enough to be looked at in sixteens: nothing but letters, digits and dashes is
// taken for plain.
TEST(PlainNamePrefixTest, EndsBeforeAnythingElse) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      std::string text(size, 'Z');
      text += c;
      text += std::string(20, '-');
      EXPECT_EQ(
          PlainNamePrefix(text) == size,
          !Is(c, kPlainToken) || std::string_view("!#$%&'*+.^`|~").find(c) !=
                                     std::string_view::npos)
          << size << " then " << byte;
    }
  }
}

TEST(PlainNamePrefixTest, TakesEveryPlainByte) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  EXPECT_EQ(PlainNamePrefix(Concat(kPlain, ":               ")), kPlain.size());
}

}  // namespace
}  // namespace weir::dataplane::http1
