#include "controlplane/rpc/node_session.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/rpc/routing_fixture.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using routing::v1::SubscribeRequest;
using routing::v1::SubscribeResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

class NodeSessionTest : public ::testing::Test {
 protected:
  NodeSessionTest() : session_(1, routing_.core_) {}

  absl::Status Say(const SubscribeRequest& request) {
    return session_.OnMessage(request);
  }
  // The next message, as if it was written at once; nothing: not set.
  SubscribeResponse Hear() {
    SubscribeResponse response;
    const SharedBytes bytes = session_.TakeNext();
    if (bytes == nullptr) return response;
    EXPECT_TRUE(response.ParseFromString(*bytes));
    session_.OnSent();
    return response;
  }
  std::vector<SubscribeResponse::MessageCase> HearAll() {
    std::vector<SubscribeResponse::MessageCase> heard;
    for (;;) {
      heard.push_back(Hear().message_case());
      if (heard.back() != SubscribeResponse::MESSAGE_NOT_SET) continue;
      heard.pop_back();
      return heard;
    }
  }
  void Introduce() {
    ASSERT_THAT(Say(HelloFrom("node-1")), IsOk());
    HearAll();
  }
  NodeRecord Record() { return routing_.nodes_.List().at(0); }

  RoutingFixture routing_;
  NodeSession session_;
};

TEST_F(NodeSessionTest, ANewNodeHearsWelcomeConfigWeights) {
  routing_.Publish(Lane::kConfig, "config");
  routing_.Publish(Lane::kWeights, "weights");
  ASSERT_THAT(Say(HelloFrom("node-1")), IsOk());
  const SubscribeResponse welcome = Hear();
  EXPECT_EQ(welcome.welcome().epoch(), kEpoch);
  EXPECT_EQ(welcome.welcome().heartbeat_interval().seconds(), 10);
  EXPECT_EQ(welcome.welcome().report_interval().nanos(), 501'000'000);
  EXPECT_EQ(Hear().config().resources(), "config");
  EXPECT_EQ(Hear().weights().weights(), "weights");
  EXPECT_THAT(HearAll(), IsEmpty());
}

TEST_F(NodeSessionTest, ANodeThatIsUpToDateHearsNoMoreThanWelcome) {
  routing_.Publish(Lane::kConfig, "config");
  SubscribeRequest hello = HelloFrom("node-1");
  *hello.mutable_hello()->mutable_config() =
      ToMessage(routing_.publisher_.Latest(Lane::kConfig)->version);
  ASSERT_THAT(Say(hello), IsOk());
  EXPECT_THAT(HearAll(), ElementsAre(SubscribeResponse::kWelcome));
}

TEST_F(NodeSessionTest, NothingIsSaidToWhoHasNotIntroducedItself) {
  routing_.Publish(Lane::kConfig, "config");
  session_.OnPublished(Lane::kConfig);
  EXPECT_THAT(HearAll(), IsEmpty());
}

TEST_F(NodeSessionTest, TheFirstMessageIsAHelloWithinTenSeconds) {
  SubscribeRequest report;
  report.mutable_report();
  EXPECT_THAT(Say(report), StatusIs(StatusCode::kFailedPrecondition));
  routing_.clock_.Advance(absl::Seconds(9));
  EXPECT_THAT(session_.Check(), IsOk());
  routing_.clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(session_.Check(), StatusIs(StatusCode::kDeadlineExceeded));
}

TEST_F(NodeSessionTest, ASecondHelloIsRefused) {
  Introduce();
  EXPECT_THAT(Say(HelloFrom("node-2")), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(NodeSessionTest, AHelloMustNameItsNodeWell) {
  for (const std::string& name :
       {std::string(), std::string(254, 'x'), std::string("a b"),
        std::string("a\nb"), std::string("caf\xc3\xa9")}) {
    EXPECT_THAT(Say(HelloFrom(name)),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr("node_id")))
        << name;
  }
  EXPECT_THAT(routing_.nodes_.List(), IsEmpty());
}

TEST_F(NodeSessionTest, AHeartbeatComesAfterTenSecondsOfSilence) {
  routing_.Publish(Lane::kConfig, "config");
  Introduce();
  routing_.clock_.Advance(absl::Seconds(9));
  EXPECT_THAT(HearAll(), IsEmpty());
  routing_.clock_.Advance(absl::Seconds(1));
  const SubscribeResponse heartbeat = Hear();
  EXPECT_EQ(heartbeat.heartbeat().config().sequence(), 1);
  EXPECT_FALSE(heartbeat.heartbeat().has_weights());
  EXPECT_THAT(HearAll(), IsEmpty());
}

TEST_F(NodeSessionTest, AllHeartbeatsAreTheSameBytes) {
  const SharedBytes first = routing_.core_.Heartbeat(NodeId{"node-1"});
  EXPECT_EQ(routing_.core_.Heartbeat(NodeId{"node-2"}), first);
  routing_.Publish(Lane::kConfig, "config");
  EXPECT_NE(routing_.core_.Heartbeat(NodeId{"node-1"}), first);
}

TEST_F(NodeSessionTest, AnAcknowledgedVersionIsListed) {
  routing_.Publish(Lane::kConfig, "config");
  ASSERT_THAT(Say(HelloFrom("node-1")), IsOk());
  Hear();
  const routing::v1::Version version = Hear().config().version();
  SubscribeRequest ack = AckOf(routing::v1::LANE_CONFIG, version);
  ack.mutable_ack()->add_warnings("east: no\tcredential");
  ASSERT_THAT(Say(ack), IsOk());
  EXPECT_EQ(Record().config,
            routing_.publisher_.Latest(Lane::kConfig)->version);
  EXPECT_THAT(Record().warnings, ElementsAre("east: no credential"));
}

TEST_F(NodeSessionTest, ARefusalIsCountedAndListed) {
  Introduce();
  SubscribeRequest nack;
  nack.mutable_nack()->set_lane(routing::v1::LANE_CONFIG);
  nack.mutable_nack()->add_problems("does not parse");
  ASSERT_THAT(Say(nack), IsOk());
  EXPECT_THAT(Record().problems, ElementsAre("does not parse"));
  EXPECT_FALSE(Record().config.has_value());
  EXPECT_EQ(routing_.core_.counters.nacks, 1);
}

TEST_F(NodeSessionTest, AReportReachesTheScoreboard) {
  Introduce();
  SubscribeRequest report;
  report.mutable_report()->set_boot_id(kBootId);
  report.mutable_report()->set_requests_in_flight(5);
  routing::v1::TargetReport* target = report.mutable_report()->add_targets();
  target->set_provider("east");
  target->set_upstream_model("chat");
  // Counts are cumulative: the first report is what the others grow from.
  ASSERT_THAT(Say(report), IsOk());
  target->set_breaker(routing::v1::BREAKER_STATE_OPEN);
  target->set_last_error("connection\nrefused");
  target->set_endpoint_failures(3);
  target->set_consecutive_failures(3);
  target->mutable_since_failure()->set_seconds(0);
  routing_.clock_.Advance(absl::Seconds(1));
  ASSERT_THAT(Say(report), IsOk());
  routing_.scoreboard_.Tick();
  EXPECT_EQ(Record().requests_in_flight, 5);
  const auto view = routing_.scoreboard_.View();
  EXPECT_EQ(view->models.at(0)->targets.at(0).breakers_open, 1);
  EXPECT_EQ(view->models.at(0)->targets.at(0).last_error, "connection refused");
}

// Whose key may send one request a minute, on two nodes.
TEST_F(NodeSessionTest, WhoAsksForARequestOfASmallLimitHearsAtOnce) {
  config::v1::Resources resources;
  config::v1::ClientKey& key = *resources.add_client_keys();
  key.set_name("demo");
  key.mutable_limits()->set_rpm(1);
  routing_.quotas_.SetResources(resources);
  routing_.quotas_.SetNodes(2);
  routing_.clock_.Advance(QuotaBoard::kTimeToLive);
  Introduce();
  SubscribeRequest request;
  request.mutable_report()->set_boot_id(kBootId);
  routing::v1::LimitDemand& demand = *request.mutable_report()->add_limits();
  demand.set_limit("key/demo/rpm");
  demand.set_asked(3);
  demand.set_waiting(3);
  demand.set_share(0.5);
  ASSERT_THAT(Say(request), IsOk());
  const SubscribeResponse heard = Hear();
  ASSERT_EQ(heard.message_case(), SubscribeResponse::kQuota);
  ASSERT_THAT(heard.quota().leases(), SizeIs(1));
  const routing::v1::LimitLease& lease = heard.quota().leases(0);
  EXPECT_EQ(lease.share(), 1) << "it is the only one that wants it";
  EXPECT_EQ(lease.admission().answered(), 3);
  EXPECT_EQ(lease.admission().granted(), 1);
  EXPECT_EQ(lease.admission().closed_for().seconds(), 60);
}

TEST_F(NodeSessionTest, AReportOfAnotherBootIsRefused) {
  Introduce();
  SubscribeRequest report;
  report.mutable_report()->set_boot_id(kBootId + 1);
  EXPECT_THAT(Say(report), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(NodeSessionTest, AQuestionGoesOutBehindTheLanes) {
  const auto question = std::make_shared<const std::string>([] {
    SubscribeResponse message;
    message.mutable_decisions()->set_query_id(7);
    return message.SerializeAsString();
  }());
  EXPECT_FALSE(session_.Ask(question)) << "nobody has said a Hello";
  Introduce();
  routing_.Publish(Lane::kConfig, "config");
  session_.OnPublished(Lane::kConfig);
  EXPECT_TRUE(session_.Ask(question));
  EXPECT_EQ(Hear().config().resources(), "config");
  EXPECT_EQ(Hear().decisions().query_id(), 7U);
  EXPECT_THAT(HearAll(), IsEmpty());
}

TEST_F(NodeSessionTest, AnOlderStreamsReportDoesNotCount) {
  Introduce();
  NodeSession newer(2, routing_.core_);
  ASSERT_THAT(newer.OnMessage(HelloFrom("node-1")), IsOk());
  SubscribeRequest report;
  report.mutable_report()->set_boot_id(kBootId);
  report.mutable_report()->set_requests_in_flight(5);
  ASSERT_THAT(Say(report), IsOk());
  EXPECT_EQ(Record().requests_in_flight, 0);
}

TEST_F(NodeSessionTest, WhatIsNotKnownIsIgnoredAndCounted) {
  Introduce();
  ASSERT_THAT(Say(SubscribeRequest()), IsOk());
  EXPECT_EQ(routing_.core_.counters.unknown_messages, 1);
}

TEST_F(NodeSessionTest, APeerThatTalksWithoutEndIsCutOff) {
  Introduce();
  absl::Status status;
  int said = 0;
  while (status.ok() && said < 1000) {
    status = Say(SubscribeRequest());
    ++said;
  }
  EXPECT_THAT(status, StatusIs(StatusCode::kResourceExhausted));
  EXPECT_EQ(said, 100);  // A hundred at once, and one was the Hello.
}

TEST_F(NodeSessionTest, APeerThatTalksAsANodeDoesIsNotCutOff) {
  Introduce();
  for (int i = 0; i < 1000; ++i) {
    routing_.clock_.Advance(absl::Milliseconds(100));
    ASSERT_THAT(Say(SubscribeRequest()), IsOk());
  }
}

TEST_F(NodeSessionTest, APeerThatTakesNothingIsCutOff) {
  routing_.Publish(Lane::kConfig, "config");
  ASSERT_THAT(Say(HelloFrom("node-1")), IsOk());
  ASSERT_NE(session_.TakeNext(), nullptr);  // And never OnSent().
  EXPECT_EQ(session_.TakeNext(), nullptr);
  EXPECT_TRUE(session_.IsSending());
  routing_.clock_.Advance(absl::Seconds(30));
  EXPECT_THAT(session_.Check(), StatusIs(StatusCode::kDeadlineExceeded));
}

TEST_F(NodeSessionTest, ANodeOfALaterEpochIsAVisibleProblem) {
  SubscribeRequest hello = HelloFrom("node-1");
  hello.mutable_hello()->mutable_config()->set_epoch(kEpoch + 1);
  hello.mutable_hello()->mutable_config()->set_hash(std::string(32, 'h'));
  ASSERT_THAT(Say(hello), IsOk());
  EXPECT_THAT(Record().problems, ElementsAre(HasSubstr("epoch 8")));
}

TEST_F(NodeSessionTest, TheEndIsListed) {
  Introduce();
  session_.OnEnd();
  EXPECT_FALSE(Record().connected);
}

}  // namespace
}  // namespace weir::controlplane
