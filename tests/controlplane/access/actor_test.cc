#include "controlplane/access/actor.h"

#include <string>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

TEST(ActorTest, IsReadBackAsItWasSaid) {
  for (const Actor& actor :
       {Actor{"certificate ana", "operator"}, Actor{"peer 127.0.0.1", "admin"},
        Actor{"file a b.yaml", ""}, Actor{"", ""}}) {
    EXPECT_EQ(ParseActor(ToText(actor)), actor) << ToText(actor);
  }
}

TEST(ActorTest, WhatPeersSayIsCutAndEscaped) {
  EXPECT_EQ(ParseActor("admin a\nb"), (Actor{"a\\nb", "admin"}));
  EXPECT_EQ(ParseActor("admin " + std::string(1000, 'x')),
            (Actor{std::string(150, 'x'), "admin"}));
  EXPECT_EQ(ParseActor("nonsense"), (Actor{"", "nonsense"}));
  EXPECT_EQ(ParseActor(""), (Actor{"", ""}));
}

}  // namespace
}  // namespace weir::controlplane
