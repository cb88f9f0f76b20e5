#include "dataplane/sync/address_round.h"

#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

TEST(AddressRoundTest, OneIsAskedAgainAfterAWait) {
  AddressRound round("a:1");
  EXPECT_FALSE(round.OnRefused());
  EXPECT_EQ(round.current(), "a:1");
}

TEST(AddressRoundTest, EachIsAskedOnceBetweenTwoWaits) {
  AddressRound round("a:1,b:2,c:3");
  EXPECT_EQ(round.current(), "a:1");
  EXPECT_TRUE(round.OnRefused());
  EXPECT_EQ(round.current(), "b:2");
  EXPECT_TRUE(round.OnRefused());
  EXPECT_EQ(round.current(), "c:3");
  EXPECT_FALSE(round.OnRefused());
  EXPECT_EQ(round.current(), "a:1");
}

TEST(AddressRoundTest, WhoFellSilentIsAskedAfterAllOthers) {
  AddressRound round("a:1,b:2,c:3");
  EXPECT_TRUE(round.OnRefused());
  EXPECT_EQ(round.current(), "b:2");
  EXPECT_FALSE(round.OnLost());
  EXPECT_EQ(round.current(), "c:3");
  EXPECT_TRUE(round.OnRefused());
  EXPECT_EQ(round.current(), "a:1");
  EXPECT_TRUE(round.OnRefused());
  EXPECT_EQ(round.current(), "b:2");
  EXPECT_FALSE(round.OnRefused());
}

TEST(AddressRoundTest, OneThatFellSilentIsAskedAgain) {
  AddressRound round("a:1");
  EXPECT_FALSE(round.OnLost());
  EXPECT_EQ(round.current(), "a:1");
}

}  // namespace
}  // namespace weir::dataplane
