#include "controlplane/publish/node_list.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

constexpr absl::Time kStart = absl::UnixEpoch();
const NodeId kNode{"node-1"};

Version At(std::uint64_t sequence) { return {1, sequence, "hash"}; }

class NodeListTest : public ::testing::Test {
 protected:
  absl::Status Connect(StreamId stream, const NodeId& node = kNode) {
    NodeList::Hello hello;
    hello.identity.id = node;
    hello.identity.boot_id = stream * 100;
    hello.config = At(1);
    return nodes_.OnHello(stream, std::move(hello));
  }
  NodeRecord Only() {
    const std::vector<NodeRecord> all = nodes_.List();
    EXPECT_THAT(all, SizeIs(1));
    return all.at(0);
  }

  NodeList nodes_;
};

TEST_F(NodeListTest, ListsWhatANodeSaysOfItself) {
  ASSERT_THAT(Connect(1), IsOk());
  EXPECT_TRUE(Only().connected);
  EXPECT_EQ(Only().identity.boot_id, 100);
  EXPECT_EQ(Only().config, At(1));
  EXPECT_FALSE(Only().weights.has_value());
  EXPECT_TRUE(nodes_.OnReport(1, kNode, {3, 2}, kStart));
  EXPECT_EQ(Only().requests_in_flight, 3);
  EXPECT_EQ(Only().streams_in_flight, 2);
  nodes_.OnDraining(1, kNode);
  EXPECT_TRUE(Only().draining);
}

TEST_F(NodeListTest, RecentTrafficIsThatOfHalfAMinuteToAMinute) {
  ASSERT_THAT(Connect(1), IsOk());
  const auto report = [&](std::uint64_t answers, int second) {
    nodes_.OnReport(1, kNode, {0, 0, {.answers = answers}},
                    kStart + absl::Seconds(second));
    return Only().recent_traffic.answers;
  };
  EXPECT_EQ(report(100, 0), 100U) << "of all its life at first";
  EXPECT_EQ(report(130, 29), 130U);
  EXPECT_EQ(report(140, 30), 140U);
  EXPECT_EQ(report(150, 59), 150U);
  EXPECT_EQ(report(160, 60), 20U) << "since second 30";
  EXPECT_EQ(report(170, 89), 30U);
  EXPECT_EQ(report(180, 90), 20U);
  EXPECT_EQ(Only().traffic.answers, 180U);
}

TEST_F(NodeListTest, WhatWasRefusedIsKnownUntilTheNextAnswer) {
  ASSERT_THAT(Connect(1), IsOk());
  nodes_.OnAnswer(1, kNode, {Lane::kConfig, At(1), {"bad"}, {}, At(2)});
  EXPECT_EQ(Only().refused_config, At(2));
  nodes_.OnAnswer(1, kNode, {Lane::kConfig, At(3), {}, {}});
  EXPECT_EQ(Only().refused_config, std::nullopt);
}

TEST_F(NodeListTest, ARefusalStaysUntilAConfigIsTaken) {
  ASSERT_THAT(Connect(1), IsOk());
  nodes_.OnAnswer(1, kNode, {Lane::kConfig, At(1), {"bad"}, {}});
  EXPECT_THAT(Only().problems, ElementsAre("bad"));
  nodes_.OnAnswer(1, kNode, {Lane::kWeights, At(5), {}, {}});
  EXPECT_THAT(Only().problems, ElementsAre("bad"));
  EXPECT_EQ(Only().weights, At(5));
  nodes_.OnAnswer(1, kNode, {Lane::kConfig, At(2), {}, {"no key for east"}});
  EXPECT_THAT(Only().problems, IsEmpty());
  EXPECT_THAT(Only().warnings, ElementsAre("no key for east"));
  EXPECT_EQ(Only().config, At(2));
}

TEST_F(NodeListTest, TheNewestStreamOfANodeSpeaksForIt) {
  ASSERT_THAT(Connect(1), IsOk());
  ASSERT_THAT(Connect(2), IsOk());
  EXPECT_FALSE(nodes_.OnReport(1, kNode, {9, 9}, kStart));
  nodes_.OnAnswer(1, kNode, {Lane::kConfig, At(9), {}, {}});
  nodes_.OnEnd(1, kNode, kStart);
  EXPECT_TRUE(Only().connected);
  EXPECT_EQ(Only().identity.boot_id, 200);
  EXPECT_EQ(Only().config, At(1));
  EXPECT_EQ(Only().requests_in_flight, 0);
  EXPECT_EQ(nodes_.connected(), 1);
}

TEST_F(NodeListTest, ANodeThatStaysAwayStopsCountingOnce) {
  ASSERT_THAT(Connect(1), IsOk());
  EXPECT_THAT(nodes_.Tick(kStart + absl::Hours(5)), IsEmpty());
  nodes_.OnEnd(1, kNode, kStart);
  EXPECT_THAT(nodes_.Tick(kStart + absl::Seconds(29)), IsEmpty());
  EXPECT_THAT(nodes_.Tick(kStart + absl::Seconds(30)), ElementsAre(kNode));
  EXPECT_THAT(nodes_.Tick(kStart + absl::Seconds(31)), IsEmpty());
  EXPECT_FALSE(Only().connected);
}

TEST_F(NodeListTest, ANodeThatComesBackInTimeGoesOnCounting) {
  ASSERT_THAT(Connect(1), IsOk());
  nodes_.OnEnd(1, kNode, kStart);
  ASSERT_THAT(Connect(2), IsOk());
  EXPECT_THAT(nodes_.Tick(kStart + absl::Minutes(1)), IsEmpty());
}

TEST_F(NodeListTest, ANodeThatSaidGoodbyeStopsCountingAtOnce) {
  ASSERT_THAT(Connect(1), IsOk());
  nodes_.OnDraining(1, kNode);
  EXPECT_THAT(nodes_.Tick(kStart), IsEmpty());
  nodes_.OnEnd(1, kNode, kStart);
  EXPECT_THAT(nodes_.Tick(kStart), ElementsAre(kNode));
}

TEST_F(NodeListTest, IsRememberedForAnHour) {
  ASSERT_THAT(Connect(1), IsOk());
  nodes_.OnEnd(1, kNode, kStart);
  nodes_.Tick(kStart + absl::Minutes(59));
  EXPECT_THAT(nodes_.List(), SizeIs(1));
  nodes_.Tick(kStart + absl::Minutes(60));
  EXPECT_THAT(nodes_.List(), IsEmpty());
}

TEST_F(NodeListTest, CountsWhoHasConverged) {
  for (StreamId i = 1; i <= 3; ++i) {
    ASSERT_THAT(Connect(i, NodeId{"node-" + std::to_string(i)}), IsOk());
  }
  nodes_.OnAnswer(1, NodeId{"node-1"}, {Lane::kConfig, At(2), {}, {}});
  nodes_.OnAnswer(2, NodeId{"node-2"}, {Lane::kConfig, At(1), {"bad"}, {}});
  nodes_.OnAnswer(1, NodeId{"node-1"}, {Lane::kWeights, At(7), {}, {}});
  nodes_.OnEnd(3, NodeId{"node-3"}, kStart);
  const auto publication = [](std::uint64_t sequence) {
    return std::make_shared<const Publication>(Publication{At(sequence), ""});
  };
  const NodeList::Counts counts = nodes_.Count(
      [&](const NodeId&) { return publication(2); }, publication(7));
  EXPECT_EQ(counts.connected, 2);
  EXPECT_EQ(nodes_.connected(), 2);
  EXPECT_EQ(counts.on_config, 1);
  EXPECT_EQ(counts.on_weights, 1);
  EXPECT_EQ(counts.refusing, 1);
}

TEST_F(NodeListTest, AFullListMakesRoomByTheNodeThatIsGoneLongest) {
  const auto name = [](std::size_t i) {
    return NodeId{"node-" + std::to_string(i)};
  };
  for (std::size_t i = 1; i <= NodeList::kMaxNodes; ++i) {
    ASSERT_THAT(Connect(i, name(i)), IsOk());
  }
  EXPECT_THAT(Connect(999'999, NodeId{"one-more"}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  nodes_.OnEnd(8, name(8), kStart + absl::Seconds(1));
  nodes_.OnEnd(7, name(7), kStart);
  EXPECT_THAT(Connect(999'999, NodeId{"one-more"}), IsOk());
  EXPECT_THAT(nodes_.List(), SizeIs(NodeList::kMaxNodes));
  // Its reports must not count for ever.
  EXPECT_THAT(nodes_.Tick(kStart + absl::Seconds(1)), ElementsAre(name(7)));
}

}  // namespace
}  // namespace weir::controlplane
