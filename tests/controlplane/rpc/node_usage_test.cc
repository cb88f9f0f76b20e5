// Usage on a node's stream: what a session takes, refuses and acknowledges.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controlplane/rpc/node_session.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/rpc/routing_fixture.h"
#include "tests/controlplane/usage_samples.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using routing::v1::SubscribeRequest;
using routing::v1::SubscribeResponse;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

constexpr std::uint64_t kEarlierBoot = 41;

class NodeUsageTest : public ::testing::Test {
 protected:
  NodeUsageTest() : session_(1, routing_.core_) {
    routing_.ledger_.Connect(
        {[this](Ledger::SenderId sender, std::uint64_t boot,
                std::uint64_t sequence) {
           EXPECT_EQ(sender, 1U);
           session_.OnUsageKept(boot, sequence);
         },
         [] {}});
    EXPECT_THAT(session_.OnMessage(HelloFrom("node-1")), IsOk());
    while (Hear().message_case() != SubscribeResponse::MESSAGE_NOT_SET) {
    }
  }
  absl::Status Send(std::uint64_t sequence, std::uint64_t boot = kBootId) {
    SubscribeRequest request;
    request.mutable_usage()->set_boot_id(boot);
    request.mutable_usage()->set_sequence(sequence);
    routing::v1::UsageRecord& record = *request.mutable_usage()->add_records();
    record.mutable_minute()->set_seconds(
        absl::ToUnixSeconds(routing_.clock_.WallNow()));
    record.set_output(10);
    return session_.OnMessage(request);
  }
  SubscribeResponse Hear() {
    SubscribeResponse response;
    const SharedBytes bytes = session_.TakeNext();
    if (bytes == nullptr) return response;
    EXPECT_TRUE(response.ParseFromString(*bytes));
    session_.OnSent();
    return response;
  }

  RoutingFixture routing_;
  NodeSession session_;
};

TEST_F(NodeUsageTest, IsAcknowledgedOnceItIsStored) {
  EXPECT_THAT(Send(1), IsOk());
  EXPECT_THAT(Send(2), IsOk());
  EXPECT_FALSE(Hear().has_usage());
  routing_.ledger_.Write();
  const SubscribeResponse ack = Hear();
  EXPECT_EQ(ack.usage().boot_id(), kBootId);
  EXPECT_EQ(ack.usage().sequence(), 2U);
  EXPECT_FALSE(Hear().has_usage()) << "once for both";
  EXPECT_THAT(routing_.usage_.rows(), SizeIs(2));
}

TEST_F(NodeUsageTest, EachBootOfASpoolHasItsOwnAcknowledgement) {
  EXPECT_THAT(Send(9, kEarlierBoot), IsOk());
  EXPECT_THAT(Send(1), IsOk());
  routing_.ledger_.Write();
  EXPECT_EQ(Hear().usage().sequence(), 9U);
  EXPECT_EQ(Hear().usage().sequence(), 1U);
}

TEST_F(NodeUsageTest, LanesGoBeforeAcknowledgements) {
  EXPECT_THAT(Send(1), IsOk());
  routing_.ledger_.Write();
  routing_.Publish(Lane::kConfig, "config");
  session_.OnPublished(Lane::kConfig);
  EXPECT_TRUE(Hear().has_config());
  EXPECT_TRUE(Hear().has_usage());
}

TEST_F(NodeUsageTest, ASpoolMayComeAtOnce) {
  for (std::uint64_t i = 1; i <= 500; ++i) ASSERT_THAT(Send(i), IsOk()) << i;
  routing_.ledger_.Write();
  EXPECT_EQ(Hear().usage().sequence(), 500U);
}

TEST_F(NodeUsageTest, WhatCantBeToldApartEndsTheStream) {
  EXPECT_THAT(Send(0), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(NodeUsageTest, WithoutRoomNothingIsTakenOutOfItsOrder) {
  // All the room there is.
  ASSERT_TRUE(routing_.ledger_.Offer(
      1, Batch(7, 1, std::vector<UsageRow>(Ledger::kMaxWaitingRows))));
  EXPECT_THAT(Send(1), IsOk());
  EXPECT_TRUE(session_.refused_usage());
  routing_.ledger_.Write();
  EXPECT_THAT(Send(2), IsOk());
  routing_.ledger_.Write();
  EXPECT_EQ(Hear().usage().boot_id(), 7U);
  EXPECT_FALSE(Hear().has_usage()) << "2 must not be there before 1";
  EXPECT_EQ(routing_.ledger_.stats().missing, 0U);
}

}  // namespace
}  // namespace weir::controlplane
