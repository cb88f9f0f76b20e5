// What travels on a stream.
#include "dataplane/sync/routing_client.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_control_plane.h"
#include "tests/dataplane/sync/routing_client_fixture.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ServedStream;
using ::testing::SizeIs;
using testing::SubscribeRequest;
using testing::SubscribeResponse;
using testing::UntilTheEnd;

TEST_F(RoutingClientTest, SaysWhoItIs) {
  routing::v1::Hello hello;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    hello = stream.Take().hello();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_EQ(hello.node_id(), "node-1");
  EXPECT_EQ(hello.boot_id(), 42u);
  EXPECT_EQ(hello.region(), "eu");
  EXPECT_EQ(hello.build_version(), "1.2.3");
  EXPECT_EQ(hello.listen_address(), "127.0.0.1:8080");
  EXPECT_FALSE(hello.has_config());
  EXPECT_EQ(client_->link(), RoutingClient::Link::kDown);
}

TEST_F(RoutingClientTest, AppliesAConfigurationThenAcknowledges) {
  const Version version = Of(1, 1, Resources("m"));
  SubscribeRequest answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Welcome(absl::Hours(1));
    stream.Config(version, Resources("m"));
    answer = stream.TakeAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  ASSERT_TRUE(answer.has_ack());
  EXPECT_EQ(answer.ack().lane(), routing::v1::LANE_CONFIG);
  EXPECT_EQ(FromProto(answer.ack().version()), version);
  EXPECT_EQ(lanes_.current().config->models.at(0).name, "m");
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(client_->link(), RoutingClient::Link::kUp);
}

TEST_F(RoutingClientTest, AppliesWeights) {
  routing::v1::Weights weights;
  weights.mutable_time_to_live()->set_seconds(60);
  const std::string bytes = weights.SerializeAsString();
  SubscribeRequest answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    SubscribeResponse message;
    *message.mutable_weights()->mutable_version() = ToProto(Of(1, 4, bytes));
    message.mutable_weights()->set_weights(bytes);
    stream.Send(message);
    answer = stream.TakeAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_EQ(answer.ack().lane(), routing::v1::LANE_WEIGHTS);
  EXPECT_EQ(lanes_.weights_version(), Of(1, 4, bytes));
}

TEST_F(RoutingClientTest, RefusesGarbageAndGoesOn) {
  std::vector<SubscribeRequest> answers;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Config(Of(1, 1, "\xff garbage"), "\xff garbage");
    answers.push_back(stream.TakeAnswer());
    stream.Config(Of(1, 2, "what it should be"), Resources("m"));
    answers.push_back(stream.TakeAnswer());
    stream.Config(Of(1, 3, Resources("m")), Resources("m"));
    answers.push_back(stream.TakeAnswer());
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_THAT(answers[0].nack().problems(),
              ElementsAre(HasSubstr("no Resources")));
  EXPECT_FALSE(answers[0].nack().has_running());
  EXPECT_THAT(answers[1].nack().problems(), ElementsAre(HasSubstr("hash")));
  EXPECT_TRUE(answers[2].has_ack());
  const auto refused = std::pair<std::string, std::string>("config", "refused");
  EXPECT_EQ(client_->counters().updates.at(refused), 2u);
}

TEST_F(RoutingClientTest, AnOldLeaderCantRollItBack) {
  std::vector<SubscribeRequest> answers;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Config(Of(2, 1, Resources("new")), Resources("new"));
    answers.push_back(stream.TakeAnswer());
    stream.Config(Of(1, 99, Resources("old")), Resources("old"));
    answers.push_back(stream.TakeAnswer());
    stream.Config(Of(2, 1, Resources("new")), Resources("new"));
    answers.push_back(stream.TakeAnswer());
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  ASSERT_TRUE(answers[1].has_nack());
  EXPECT_EQ(FromProto(answers[1].nack().running()), Of(2, 1, Resources("new")));
  EXPECT_TRUE(answers[2].has_ack());
  EXPECT_EQ(lanes_.current().config->models.at(0).name, "new");
  EXPECT_EQ(changes_, 1);
}

SubscribeResponse DecisionQuestion(std::uint64_t id) {
  SubscribeResponse question;
  question.mutable_decisions()->set_query_id(id);
  question.mutable_decisions()->set_request_id("req_1");
  return question;
}

TEST_F(RoutingClientTest, SaysHowItRoutedARequest) {
  SubscribeRequest answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Send(DecisionQuestion(7));
    answer = stream.TakeAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_EQ(answer.decisions().query_id(), 7U);
  ASSERT_THAT(answer.decisions().decisions(), SizeIs(1));
  EXPECT_EQ(answer.decisions().decisions(0).request_id(), "req_1");
}

TEST_F(RoutingClientTest, AnUnansweredQuestionHoldsUpNothing) {
  answers_queries_ = false;
  SubscribeRequest answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    stream.Send(DecisionQuestion(7));
    stream.Config(Of(1, 1, Resources("m")), Resources("m"));
    answer = stream.TakeAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_TRUE(answer.has_ack());
}

TEST_F(RoutingClientTest, IgnoresAndCountsWhatItDoesNotKnow) {
  SubscribeRequest answer;
  std::atomic<bool> done = false;
  const Serving serving = Start({[&](ServedStream& stream) {
    stream.Next();
    // A message of field 99, as a later version may have it.
    SubscribeResponse unknown;
    EXPECT_TRUE(unknown.ParseFromString(std::string("\x9a\x06\x01x", 4)));
    stream.Send(unknown);
    stream.Config(Of(1, 1, Resources("m")), Resources("m"));
    answer = stream.TakeAnswer();
    done = true;
    return UntilTheEnd(stream);
  }});
  ASSERT_TRUE(RunUntilSet(done));
  EXPECT_TRUE(answer.has_ack());
  EXPECT_EQ(client_->counters().unknown_messages, 1u);
}

}  // namespace
}  // namespace weir::dataplane
