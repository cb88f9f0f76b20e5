#include "controlplane/replica/standby.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "common/clock.h"
#include "controlplane/lease_watch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;

class StandbyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto standby = Standby::Start({.listen = "127.0.0.1:0"}, "127.0.0.1:0",
                                  lease_, clock_);
    ASSERT_THAT(standby, IsOk());
    standby_ = *std::move(standby);
    channel_ = grpc::CreateChannel(standby_->grpc_address(),
                                   grpc::InsecureChannelCredentials());
  }

  const SystemClock clock_;
  const std::shared_ptr<LeaseWatch> lease_ =
      std::make_shared<LeaseWatch>(clock_);
  std::unique_ptr<Standby> standby_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(StandbyTest, TellsOperatorsWhereTheLeaderIs) {
  lease_->Set(0, "b:7400");
  grpc::ClientContext context;
  admin::v1::GetStatusResponse response;
  const grpc::Status status =
      admin::v1::Admin::NewStub(channel_)->GetStatus(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("the leader is b:7400"));
}

TEST_F(StandbyTest, EndsNodesStreams) {
  grpc::ClientContext context;
  const auto stub = routing::v1::Routing::NewStub(channel_);
  const auto stream = stub->Subscribe(&context);
  routing::v1::SubscribeResponse message;
  EXPECT_FALSE(stream->Read(&message));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("no leader is known"));
}

}  // namespace
}  // namespace weir::controlplane
