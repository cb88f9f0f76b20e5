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

  // A call of which Result() tells what became of it.
  void Call() {
    call_ = admin::v1::Admin::NewStub(channel_)->AsyncGetStatus(&context_, {},
                                                                &queue_);
    call_->Finish(&response_, &status_, &response_);
  }
  const grpc::Status& Result() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
    return status_;
  }

  const SystemClock clock_;
  const std::shared_ptr<LeaseWatch> lease_ =
      std::make_shared<LeaseWatch>(clock_);
  std::unique_ptr<Follower> follower_;
  std::shared_ptr<grpc::Channel> channel_;

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  admin::v1::GetStatusResponse response_;
  grpc::Status status_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<admin::v1::GetStatusResponse>>
      call_;
};

// Of the leader's own answers: that it has no such service.
TEST_F(FollowerTest, LooksByItselfForWhoLeads) {
  net::GrpcServerOptions options;
  options.listen_address = "127.0.0.1:0";
  auto leader = net::GrpcServer::Start(std::move(options));
  ASSERT_THAT(leader, IsOk());
  Call();
  lease_->Set(0, (*leader)->address());
  EXPECT_EQ(Result().error_code(), grpc::StatusCode::UNIMPLEMENTED)
      << status_.error_message();
  (*leader)->Shutdown(absl::ZeroDuration());
}

TEST_F(FollowerTest, EndsWhileCallsWait) {
  Call();
  ASSERT_TRUE(channel_->WaitForConnected(
      absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
  follower_.reset();
  EXPECT_FALSE(Result().ok());
}

}  // namespace
}  // namespace weir::controlplane
