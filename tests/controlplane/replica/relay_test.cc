// A follower's port with real calls; whether the leader answers is the test's
// to say.
#include "controlplane/replica/relay.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/net/grpc_channel.h"
#include "common/net/grpc_security.h"
#include "common/net/grpc_server.h"
#include "common/ops/metrics.h"
#include "controlplane/access/actor.h"
#include "controlplane/lease_watch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;

// Says what it was asked, and for whom.
class EchoAdmin final : public admin::v1::Admin::Service {
  grpc::Status GetProvider(grpc::ServerContext* context,
                           const admin::v1::GetProviderRequest* request,
                           admin::v1::GetProviderResponse* response) override {
    if (request->name() == "none") {
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "no provider none");
    }
    response->mutable_provider()->set_name(request->name());
    response->mutable_provider()->set_base_url(
        std::string(net::CallOf(*context).relayed_for));
    return grpc::Status::OK;
  }
};

// Answers each message.
class EchoRouting final : public routing::v1::Routing::Service {
 public:
  void AwaitEndOfStream() {
    MutexLock lock(&mutex_);
    while (!ended_) changed_.Wait(&mutex_);
  }

 private:
  grpc::Status Subscribe(
      grpc::ServerContext* /*context*/,
      grpc::ServerReaderWriter<routing::v1::SubscribeResponse,
                               routing::v1::SubscribeRequest>* stream)
      override {
    routing::v1::SubscribeRequest request;
    while (stream->Read(&request)) {
      routing::v1::SubscribeResponse response;
      response.mutable_welcome();
      stream->Write(response);
    }
    MutexLock lock(&mutex_);
    ended_ = true;
    changed_.SignalAll();
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "enough");
  }

  Mutex mutex_;
  CondVar changed_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

class RelayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    net::GrpcServerOptions options;
    options.listen_address = "127.0.0.1:0";
    options.other_calls = &relay_;
    auto server = net::GrpcServer::Start(std::move(options));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    channel_ = net::NewGrpcChannel(server_->address(), credentials_, 4 << 20);
  }
  void TearDown() override {
    if (leader_ != nullptr) leader_->Shutdown(absl::ZeroDuration());
    server_->Shutdown(absl::ZeroDuration());
  }

  void StartLeader() {
    net::GrpcServerOptions options;
    options.listen_address = "127.0.0.1:0";
    options.services = {&admin_, &routing_};
    auto leader = net::GrpcServer::Start(std::move(options));
    ASSERT_THAT(leader, IsOk());
    leader_ = *std::move(leader);
    lease_->Set(0, leader_->address());
  }
  void Lead() {
    ASSERT_NO_FATAL_FAILURE(StartLeader());
    while (!relay_.ready()) relay_.Look();
  }

  std::string Metrics() const {
    ops::MetricPage page;
    relay_.AddMetrics(page);
    return page.Text();
  }

  grpc::Status GetProvider(const std::string& name) {
    grpc::ClientContext context;
    admin::v1::GetProviderRequest request;
    request.set_name(name);
    return admin::v1::Admin::NewStub(channel_)->GetProvider(&context, request,
                                                            &response_);
  }
  // The same, while the follower looks again and again, and `meanwhile` after
  // each look.
  grpc::Status GetProviderWhile(const std::function<void()>& meanwhile) {
    std::atomic<bool> done = false;
    grpc::Status status;
    std::thread caller([&] {
      status = GetProvider("a");
      done = true;
    });
    while (!done) {
      relay_.Look();
      meanwhile();
    }
    caller.join();
    return status;
  }

  // A stream over which a message has come and gone.
  std::unique_ptr<grpc::ClientReaderWriter<routing::v1::SubscribeRequest,
                                           routing::v1::SubscribeResponse>>
  OpenStream() {
    auto stream =
        routing::v1::Routing::NewStub(channel_)->Subscribe(&stream_context_);
    ExchangeMessage(*stream);
    return stream;
  }
  static void ExchangeMessage(
      grpc::ClientReaderWriter<routing::v1::SubscribeRequest,
                               routing::v1::SubscribeResponse>& stream) {
    routing::v1::SubscribeResponse response;
    EXPECT_TRUE(stream.Write({}));
    EXPECT_TRUE(stream.Read(&response));
    EXPECT_TRUE(response.has_welcome());
  }

  testing::FakeClock clock_;
  const std::shared_ptr<grpc::ChannelCredentials> credentials_ =
      grpc::InsecureChannelCredentials();
  const std::shared_ptr<LeaseWatch> lease_ =
      std::make_shared<LeaseWatch>(clock_);
  Relay relay_{lease_, [this] { return credentials_; }, "",
               [](const grpc::ServerContextBase&) {
                 return Actor{"ana", "operator"};
               },
               clock_};
  EchoAdmin admin_;
  EchoRouting routing_;
  std::unique_ptr<net::GrpcServer> leader_;
  std::unique_ptr<net::GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  admin::v1::GetProviderResponse response_;
  grpc::ClientContext stream_context_;
};

TEST_F(RelayTest, PassesOnACallAndItsAnswer) {
  ASSERT_NO_FATAL_FAILURE(Lead());
  EXPECT_TRUE(GetProvider("a").ok());
  EXPECT_EQ(response_.provider().name(), "a");
  EXPECT_EQ(response_.provider().base_url(), "operator ana");
  const grpc::Status status = GetProvider("none");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no provider none");
  EXPECT_THAT(Metrics(),
              HasSubstr("weir_relayed_calls_total{outcome=\"passed_on\"} 2\n"));
}

TEST_F(RelayTest, PassesOnStreamsInBothDirections) {
  ASSERT_NO_FATAL_FAILURE(Lead());
  const auto stream = OpenStream();
  for (int i = 0; i < 100; ++i) ExchangeMessage(*stream);
  EXPECT_TRUE(stream->WritesDone());
  routing::v1::SubscribeResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_message(), "enough");
}

TEST_F(RelayTest, ACallerThatGoesAwayEndsTheCallAtTheLeader) {
  ASSERT_NO_FATAL_FAILURE(Lead());
  const auto stream = OpenStream();
  stream_context_.TryCancel();
  routing_.AwaitEndOfStream();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(RelayTest, ALeaderThatGoesAwayEndsTheCallOfItsCaller) {
  ASSERT_NO_FATAL_FAILURE(Lead());
  const auto stream = OpenStream();
  leader_->Shutdown(absl::ZeroDuration());
  routing::v1::SubscribeResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_FALSE(stream->Finish().ok());
  while (relay_.ready()) relay_.Look();
}

TEST_F(RelayTest, ACallWaitsUntilSomebodyLeads) {
  bool led = false;
  const grpc::Status status = GetProviderWhile([&] {
    if (!std::exchange(led, true)) StartLeader();
  });
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.provider().name(), "a");
}

TEST_F(RelayTest, NobodyWaitsForEver) {
  const grpc::Status status =
      GetProviderWhile([&] { clock_.Advance(Relay::kPatience / 10); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("no leader is known"));
  EXPECT_THAT(Metrics(),
              HasSubstr("weir_relayed_calls_total{outcome=\"refused\"} 1\n"));
}

TEST_F(RelayTest, ALeaderThatDoesNotAnswerIsNamed) {
  // Reserved: nobody listens there.
  lease_->Set(0, "127.0.0.1:1");
  const grpc::Status status =
      GetProviderWhile([&] { clock_.Advance(Relay::kPatience / 10); });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(),
              HasSubstr("the leader, 127.0.0.1:1, does not answer"));
}

// Two that take each other for the leader.
TEST_F(RelayTest, WhatWasPassedOnIsNotPassedOnAgain) {
  lease_->Set(0, server_->address());
  while (!relay_.ready()) relay_.Look();
  const grpc::Status status = GetProvider("a");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("does not lead"));
}

}  // namespace
}  // namespace weir::controlplane
