#include "controlplane/access/actor.h"

#include <string>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

TEST(ActorTest, IsReadBackAsItWasSaid) {
  for (const Actor& actor :
       {Actor{"certificate ana", "operator"}, Actor{"peer 127.0.0.1", "admin"},
        Actor{"file a b.yaml", ""}, Actor{"", ""},
        Actor{"certificate a\\nb \\xc3\\xa9 \\\"", "viewer"}}) {
    EXPECT_EQ(ParseActor(ToText(actor)), actor) << ToText(actor);
  }
}

TEST(ActorTest, WhatPeersSayIsCutAndPrintable) {
  EXPECT_EQ(ParseActor("admin a\nb\xff"), (Actor{"a?b?", "admin"}));
  EXPECT_EQ(ParseActor("admin " + std::string(1000, 'x')),
            (Actor{std::string(500, 'x'), "admin"}));
  EXPECT_EQ(ParseActor("nonsense"), (Actor{"", "nonsense"}));
  EXPECT_EQ(ParseActor(""), (Actor{"", ""}));
}

}  // namespace
}  // namespace weir::controlplane
