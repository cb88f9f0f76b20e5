// The streams, by real clients over gRPC.
#include "controlplane/rpc/routing_service.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/rpc/routing_fixture.h"
#include "tests/controlplane/usage_samples.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::controlplane {
namespace {

using routing::v1::SubscribeRequest;
using routing::v1::SubscribeResponse;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr absl::Duration kPatience = absl::Seconds(20);

// One node's end of a stream. Calls wait for at most kPatience.
class Client {
 public:
  Client(const std::shared_ptr<grpc::Channel>& channel, const std::string& node)
      : Client(channel) {
    Say(HelloFrom(node));
  }
  explicit Client(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(routing::v1::Routing::NewStub(channel)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    stream_ = stub_->Subscribe(&context_);
  }
  ~Client() {
    context_.TryCancel();
    if (!finished_) stream_->Finish().IgnoreError();
  }

  bool Say(const SubscribeRequest& request) { return stream_->Write(request); }
  SubscribeResponse Hear() {
    SubscribeResponse response;
    stream_->Read(&response);
    return response;
  }
  void Acknowledge(const SubscribeResponse& config) {
    Say(AckOf(routing::v1::LANE_CONFIG, config.config().version()));
  }
  void Leave() { context_.TryCancel(); }
  // Reads on until the stream ends.
  grpc::Status End() {
    SubscribeResponse response;
    while (stream_->Read(&response)) continue;
    finished_ = true;
    return stream_->Finish();
  }

 private:
  std::unique_ptr<routing::v1::Routing::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<SubscribeRequest, SubscribeResponse>>
      stream_;
  bool finished_ = false;
};

class RoutingServiceTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kMaxStreams = 50;

  RoutingServiceTest() : service_(routing_.core_, kMaxStreams) {
    routing_.publisher_.OnPublish(
        [this](Lane lane, const PublicationPtr&) { service_.Publish(lane); });
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }
  ~RoutingServiceTest() override {
    service_.Stop();
    server_->Shutdown(absl::ToChronoTime(absl::Now()));
  }

  // Until `condition` holds; the service works on gRPC's threads.
  template <typename Condition>
  bool Eventually(Condition condition) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::size_t Connected() { return routing_.nodes_.connected(); }

  RoutingFixture routing_;
  RoutingService service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(RoutingServiceTest, ANodeGetsWhatIsPublishedBeforeAndAfterItCame) {
  routing_.Publish(Lane::kConfig, "one");
  Client node(channel_, "node-1");
  EXPECT_TRUE(node.Hear().has_welcome());
  const SubscribeResponse first = node.Hear();
  EXPECT_EQ(first.config().resources(), "one");
  node.Acknowledge(first);
  routing_.Publish(Lane::kWeights, "w");
  EXPECT_EQ(node.Hear().weights().weights(), "w");
  routing_.Publish(Lane::kConfig, "two");
  EXPECT_EQ(node.Hear().config().resources(), "two");
}

TEST_F(RoutingServiceTest, UsageIsAcknowledgedOnTheStreamItCameOn) {
  Client node(channel_, "node-1");
  EXPECT_TRUE(node.Hear().has_welcome());
  SubscribeRequest usage;
  usage.mutable_usage()->set_boot_id(kBootId);
  usage.mutable_usage()->set_sequence(3);
  node.Say(usage);
  EXPECT_TRUE(Eventually(
      [&] { return routing_.ledger_.stats().waiting_batches == 1; }));
  routing_.ledger_.Write();
  const SubscribeResponse ack = node.Hear();
  EXPECT_EQ(ack.usage().boot_id(), kBootId);
  EXPECT_EQ(ack.usage().sequence(), 3U);
}

TEST_F(RoutingServiceTest, WhoFoundNoRoomForUsageIsToldWhenThereIs) {
  ASSERT_TRUE(routing_.ledger_.Offer(
      0, Batch(7, 1, std::vector<UsageRow>(Ledger::kMaxWaitingRows))));
  Client node(channel_, "node-1");
  Client other(channel_, "node-2");
  EXPECT_TRUE(node.Hear().has_welcome());
  EXPECT_TRUE(other.Hear().has_welcome());
  SubscribeRequest usage;
  usage.mutable_usage()->set_sequence(1);
  usage.mutable_usage()->add_records();
  node.Say(usage);
  EXPECT_TRUE(
      Eventually([&] { return routing_.ledger_.stats().refused == 1; }));
  EXPECT_EQ(Connected(), 2U) << "while there is none, all streams go on";
  routing_.ledger_.Write();
  EXPECT_EQ(node.End().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Eventually([&] { return Connected() == 1; }));
}

TEST_F(RoutingServiceTest, ManyNodesShareOneSerialization) {
  std::vector<std::unique_ptr<Client>> nodes;
  for (int i = 0; i < 20; ++i) {
    nodes.push_back(
        std::make_unique<Client>(channel_, "node-" + std::to_string(i)));
    EXPECT_TRUE(nodes.back()->Hear().has_welcome());
  }
  const std::string big(1 << 20, 'x');
  routing_.Publish(Lane::kConfig, big);
  const PublicationPtr latest = routing_.publisher_.Latest(Lane::kConfig);
  for (const auto& node : nodes) {
    const SubscribeResponse config = node->Hear();
    EXPECT_EQ(config.config().resources(), big);
    node->Acknowledge(config);
  }
  EXPECT_TRUE(Eventually([&] {
    return routing_.nodes_.Count([&](const NodeId&) { return latest; }, nullptr)
               .on_config == 20;
  }));
}

TEST_F(RoutingServiceTest, NodesAreAskedHowTheyRouted) {
  Client answering(channel_, "node-1");
  EXPECT_TRUE(answering.Hear().has_welcome());
  Client leaving(channel_, "node-2");
  EXPECT_TRUE(leaving.Hear().has_welcome());
  Client nameless(channel_);
  std::promise<absl::StatusOr<admin::v1::ListDecisionsResponse>> promise;
  routing_.core_.decisions.Ask(
      {}, [&](auto response) { promise.set_value(std::move(response)); });
  const SubscribeResponse question = answering.Hear();
  SubscribeRequest answer;
  answer.mutable_decisions()->set_query_id(question.decisions().query_id());
  answer.mutable_decisions()->add_decisions()->set_request_id("req_1");
  answering.Say(answer);
  EXPECT_TRUE(leaving.Hear().has_decisions());
  leaving.Leave();
  const auto response = promise.get_future().get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->nodes_asked(), 2U);
  ASSERT_THAT(response->decisions(), SizeIs(1));
  EXPECT_EQ(response->decisions(0).node_id(), "node-1");
  EXPECT_EQ(response->decisions(0).request_id(), "req_1");
  ASSERT_THAT(response->silent_nodes(), SizeIs(1));
  EXPECT_EQ(response->silent_nodes(0), "node-2");
}

TEST_F(RoutingServiceTest, TheNewestStreamOfANodeWins) {
  Client older(channel_, "node-1");
  EXPECT_TRUE(older.Hear().has_welcome());
  Client newer(channel_, "node-1");
  EXPECT_TRUE(newer.Hear().has_welcome());
  const grpc::Status end = older.End();
  EXPECT_EQ(end.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_THAT(end.error_message(), HasSubstr("newer stream"));
  routing_.Publish(Lane::kConfig, "one");
  EXPECT_EQ(newer.Hear().config().resources(), "one");
  EXPECT_EQ(Connected(), 1);
  EXPECT_EQ(routing_.core_.counters.streams_replaced, 1);
}

TEST_F(RoutingServiceTest, ANodeThatLeavesIsNoLongerConnected) {
  {
    Client node(channel_, "node-1");
    EXPECT_TRUE(node.Hear().has_welcome());
    EXPECT_EQ(Connected(), 1);
  }
  EXPECT_TRUE(Eventually([&] { return Connected() == 0; }));
  EXPECT_TRUE(Eventually([&] { return service_.streams() == 0; }));
}

TEST_F(RoutingServiceTest, APeerThatDoesNotIntroduceItselfIsSentAway) {
  Client silent(channel_);
  ASSERT_TRUE(Eventually([&] { return service_.streams() == 1; }));
  routing_.clock_.Advance(absl::Seconds(10));
  service_.Tick();
  EXPECT_EQ(silent.End().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(RoutingServiceTest, ALiarIsSentAwayAndTheOthersGoOn) {
  Client honest(channel_, "honest");
  EXPECT_TRUE(honest.Hear().has_welcome());
  Client liar(channel_, "liar");
  EXPECT_TRUE(liar.Hear().has_welcome());
  SubscribeRequest report;
  report.mutable_report()->set_boot_id(kBootId + 1);
  liar.Say(report);
  EXPECT_EQ(liar.End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(routing_.core_.counters.streams_broken, 1);
  routing_.Publish(Lane::kConfig, "one");
  EXPECT_EQ(honest.Hear().config().resources(), "one");
}

TEST_F(RoutingServiceTest, APeerThatReadsNothingCostsTheOthersNothing) {
  Client deaf(channel_, "deaf");
  EXPECT_TRUE(Eventually([&] { return Connected() == 1; }));
  Client node(channel_, "node-1");
  EXPECT_TRUE(node.Hear().has_welcome());
  const std::string big(4 << 20, 'x');
  for (int i = 0; i < 10; ++i) {
    routing_.Publish(Lane::kWeights, std::to_string(i) + big);
    routing_.Publish(Lane::kConfig, std::to_string(i));
    const SubscribeResponse config = node.Hear();
    if (config.has_config()) node.Acknowledge(config);
  }
  routing_.clock_.Advance(absl::Seconds(30));
  for (int i = 0; i < 5; ++i) service_.Tick();
  EXPECT_FALSE(deaf.End().ok());
  EXPECT_EQ(routing_.core_.counters.streams_broken, 1);
}

TEST_F(RoutingServiceTest, BeyondTheCapStreamsAreRefused) {
  std::vector<std::unique_ptr<Client>> nodes;
  for (std::size_t i = 0; i < kMaxStreams; ++i) {
    nodes.push_back(
        std::make_unique<Client>(channel_, "node-" + std::to_string(i)));
    EXPECT_TRUE(nodes.back()->Hear().has_welcome());
  }
  Client one_more(channel_, "one-more");
  EXPECT_EQ(one_more.End().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(routing_.core_.counters.streams_refused, 1);
  nodes.pop_back();
  ASSERT_TRUE(
      Eventually([&] { return service_.streams() == kMaxStreams - 1; }));
  Client next(channel_, "next");
  EXPECT_TRUE(next.Hear().has_welcome());
}

TEST_F(RoutingServiceTest, GarbageIsRefused) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call =
      stub.PrepareCall(&context, "/weir.routing.v1.Routing/Subscribe", &queue);
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  const grpc::Slice garbage("\xff\xff\xff\xff not a message");
  call->Write(grpc::ByteBuffer(&garbage, 1), nullptr);
  queue.Next(&tag, &ok);
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(RoutingServiceTest, AtItsEndEveryStreamIsTold) {
  Client node(channel_, "node-1");
  EXPECT_TRUE(node.Hear().has_welcome());
  service_.Stop();
  EXPECT_EQ(node.End().error_code(), grpc::StatusCode::UNAVAILABLE);
  Client late(channel_, "node-2");
  EXPECT_EQ(late.End().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace weir::controlplane
