#include "common/tls_front/peer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::tls_front {
namespace {

struct TextCase {
  const char* name;
  Peer peer;
  std::string text;
};

class PeerTextTest : public ::testing::TestWithParam<TextCase> {};

TEST_P(PeerTextTest, GoesThereAndBack) {
  EXPECT_EQ(PeerText(GetParam().peer), GetParam().text);
  EXPECT_EQ(ParsePeer(GetParam().text), GetParam().peer);
}

using Certificate = Peer::Certificate;

INSTANTIATE_TEST_SUITE_P(
    Table, PeerTextTest,
    ::testing::ValuesIn(std::vector<TextCase>{
        {"WithoutCertificate",
         {"ipv4:10.0.0.1:4711", std::nullopt},
         "address=ipv4:10.0.0.1:4711"},
        {"WithoutNames",
         {"ipv6:[::1]:4711", Certificate{"", {}}},
         "address=ipv6:[::1]:4711;cn="},
        {"NameAndUris",
         {"ipv4:1.2.3.4:5",
          Certificate{"ana", {"weir://role/admin", "spiffe://a/b"}}},
         "address=ipv4:1.2.3.4:5;cn=ana;uri=weir://role/admin;uri="
         "spiffe://a/b"},
        // A name is its owner's choice, as far as the authority lets it.
        {"ANameThatWouldBeMore",
         {"ipv4:1.2.3.4:5",
          Certificate{"ana;uri=weir://role/admin", {"a=b,c;d e%3B"}}},
         "address=ipv4:1.2.3.4:5;cn=ana%3Buri%3Dweir://role/admin;uri="
         "a%3Db%2Cc%3Bd%20e%253B"},
        {"BytesThatAHeaderMayNotHave",
         {"ipv4:1.2.3.4:5",
          Certificate{std::string("\0\r\n\x7f\xc3\xa4", 6), {}}},
         "address=ipv4:1.2.3.4:5;cn=%00%0D%0A%7F%C3%A4"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(PeerTest, WhatIsNotOursIsNoPeer) {
  for (const std::string_view text :
       {"", "address", "cn=ana", "address=a;uri=weir://role/admin",
        "address=a;cn=b;cn=c", "address=a;address=b", "address=a;",
        "address=a;cn=b;other=c", "address=a b", "address=a%", "address=a%4",
        "address=a%4g", "address=a%3b", "address=a;cn=b,address=c"}) {
    EXPECT_EQ(ParsePeer(text), std::nullopt) << text;
  }
}

TEST(PeerTest, AFieldIsALiteralThatNobodyRemembers) {
  EXPECT_EQ(PeerField({"a", std::nullopt}), std::string("\0\x09weir-peer\x09"
                                                        "address=a",
                                                        21));
}

// RFC 7541, 5.1: 127 and 127 + 1337, whose digits to the base of 128 are 57
// and 10.
TEST(PeerTest, ALongValueHasALongLength) {
  const std::size_t other = std::string_view("address=").size();
  EXPECT_EQ(
      PeerField({std::string(127 - other, 'a'), std::nullopt}).substr(11, 2),
      std::string("\x7f\0", 2));
  EXPECT_EQ(PeerField({std::string(127 + 1337 - other, 'a'), std::nullopt})
                .substr(11, 3),
            std::string("\x7f\xb9\x0a"));
}

}  // namespace
}  // namespace weir::tls_front
