#include "controlplane/replica/follower.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/net/grpc_server.h"
#include "controlplane/lease_watch.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::IsOk;

class FollowerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto follower = Follower::Start({.listen = "127.0.0.1:0"}, "127.0.0.1:0",
                                    lease_, clock_);
    ASSERT_THAT(follower, IsOk());
    follower_ = *std::move(follower);
    channel_ = grpc::CreateChannel(follower_->grpc_address(),
                                   grpc::InsecureChannelCredentials());
  }

  const SystemClock clock_;
  const std::shared_ptr<LeaseWatch> lease_ =
      std::make_shared<LeaseWatch>(clock_);
  std::unique_ptr<Follower> follower_;
  std::shared_ptr<grpc::Channel> channel_;
};

// Of the leader's own answers: that it has no such service.
TEST_F(FollowerTest, LooksByItselfForWhoLeads) {
  net::GrpcServerOptions options;
  options.listen_address = "127.0.0.1:0";
  auto leader = net::GrpcServer::Start(std::move(options));
  ASSERT_THAT(leader, IsOk());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  admin::v1::GetStatusResponse response;
  grpc::Status status;
  const auto call =
      admin::v1::Admin::NewStub(channel_)->AsyncGetStatus(&context, {}, &queue);
  call->Finish(&response, &status, &response);
  lease_->Set(0, (*leader)->address());
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED)
      << status.error_message();
  (*leader)->Shutdown(absl::ZeroDuration());
}

TEST_F(FollowerTest, EndsWhileCallsWait) {
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  admin::v1::GetStatusResponse response;
  grpc::Status status;
  const auto call =
      admin::v1::Admin::NewStub(channel_)->AsyncGetStatus(&context, {}, &queue);
  call->Finish(&response, &status, &response);
  ASSERT_TRUE(channel_->WaitForConnected(
      absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
  follower_.reset();
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
}

}  // namespace
}  // namespace weir::controlplane
