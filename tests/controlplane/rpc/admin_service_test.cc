// Admin, by a real client over gRPC.
#include "controlplane/rpc/admin_service.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "controlplane/rpc/routing_messages.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/rpc/admin_service_fixture.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::weir::testing::IsOk;
namespace v1 = admin::v1;

TEST_F(AdminServiceTest, DecisionsComeFromTheDesk) {
  desk_.Connect(
      [](const SharedBytes&) { return std::vector<DecisionDesk::Asked>(); });
  v1::ListDecisionsRequest request;
  const auto [fine, response] = Call(&v1::Admin::Stub::ListDecisions, request);
  EXPECT_TRUE(fine.ok()) << fine.error_message();
  request.set_request_id("req_1");
  const auto [status, none] = Call(&v1::Admin::Stub::ListDecisions, request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("req_1"));
}

TEST_F(AdminServiceTest, LimitsAreShownAndWatched) {
  auto resources = std::make_shared<config::v1::Resources>();
  config::v1::ClientKey& key = *resources->add_client_keys();
  key.set_name("demo");
  key.mutable_limits()->set_rpm(600);
  key.add_budgets()->set_usd(20);
  quotas_.SetResources(*resources);
  budgets_.SetResources(resources);
  ASSERT_THAT(budgets_.Refresh(), IsOk());
  const v1::Limits limits =
      Call(&v1::Admin::Stub::GetLimits, v1::GetLimitsRequest()).second.limits();
  ASSERT_THAT(limits.limits(), SizeIs(1));
  EXPECT_EQ(limits.limits(0).limit(), "key/demo/rpm");
  ASSERT_THAT(limits.budgets(), SizeIs(1));
  EXPECT_EQ(limits.budgets(0).client_key(), "demo");

  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAdminLimit));
  const auto watch = stub_->WatchLimits(&context, v1::WatchLimitsRequest());
  v1::WatchLimitsResponse seen;
  ASSERT_TRUE(watch->Read(&seen));
  EXPECT_EQ(seen.limits().limits(0).capacity(), 600);
  context.TryCancel();
  watch->Finish();
}

TEST_F(AdminServiceTest, CostsComeFromTheDesk) {
  v1::GetCostReportRequest request;
  const auto [fine, report] = Call(&v1::Admin::Stub::GetCostReport, request);
  EXPECT_TRUE(fine.ok()) << fine.error_message();
  EXPECT_EQ(report.until().seconds(), absl::ToUnixSeconds(clock_.WallNow()));
  request.set_baseline("nobody");
  EXPECT_EQ(Call(&v1::Admin::Stub::GetCostReport, request).first.error_code(),
            grpc::StatusCode::NOT_FOUND);
  costs_.Stop();
  EXPECT_EQ(Call(&v1::Admin::Stub::GetCostReport, request).first.error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(AdminServiceTest, ApplySaysWhatChanged) {
  v1::ApplyRequest request;
  *request.mutable_resources() = SampleResources();
  request.mutable_resources()->mutable_providers(0)->set_priority(9);
  request.set_expected_revision(1);
  const auto [status, response] = Call(&v1::Admin::Stub::Apply, request);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.revision(), 2);
  ASSERT_THAT(response.changes(), SizeIs(1));
  EXPECT_EQ(response.changes(0).kind(), v1::CHANGE_KIND_UPDATED);
  EXPECT_EQ(response.changes(0).name(), "east");
  EXPECT_EQ(response.changes(0).fields(0).path(), "priority");
  EXPECT_EQ(response.changes(0).fields(0).after(), "9");
}

TEST_F(AdminServiceTest, ApplyKeepsToItsOptions) {
  v1::ApplyRequest request;
  *request.mutable_resources() = SampleResources();
  request.mutable_resources()->clear_client_keys();
  request.set_dry_run(true);
  EXPECT_THAT(Call(&v1::Admin::Stub::Apply, request).second.changes(),
              SizeIs(1));
  EXPECT_EQ(registry_->Current().revision, 1);
  request.set_dry_run(false);
  request.set_expected_revision(99);
  EXPECT_EQ(Call(&v1::Admin::Stub::Apply, request).first.error_code(),
            grpc::StatusCode::ABORTED);
}

TEST_F(AdminServiceTest, ExportGivesBackWhatApplyTook) {
  const auto [status, response] =
      Call(&v1::Admin::Stub::Export, v1::ExportRequest());
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(response.resources().SerializeAsString(),
            SampleResources().SerializeAsString());
  EXPECT_EQ(response.revision(), 1);
}

TEST_F(AdminServiceTest, ErrorsSayWhatIsWrong) {
  v1::SetProviderRequest bad;
  *bad.mutable_provider() = SampleProvider("new");
  bad.mutable_provider()->set_base_url("ftp://new.example");
  const grpc::Status invalid = Call(&v1::Admin::Stub::SetProvider, bad).first;
  EXPECT_EQ(invalid.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(invalid.error_message(), HasSubstr("base_url"));

  v1::GetModelRequest missing;
  missing.set_name("nobody");
  EXPECT_EQ(Call(&v1::Admin::Stub::GetModel, missing).first.error_code(),
            grpc::StatusCode::NOT_FOUND);

  store_.FailWith(absl::UnavailableError("disk full"));
  v1::RemoveModelRequest remove;
  remove.set_name("chat");
  const grpc::Status full = Call(&v1::Admin::Stub::RemoveModel, remove).first;
  EXPECT_EQ(full.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(full.error_message(), HasSubstr("disk full"));
}

TEST_F(AdminServiceTest, ProvidersAreListedGotSetAndRemoved) {
  v1::SetProviderRequest set;
  *set.mutable_provider() = SampleProvider("north");
  EXPECT_EQ(Call(&v1::Admin::Stub::SetProvider, set).second.revision(), 2);
  EXPECT_THAT(Call(&v1::Admin::Stub::ListProviders, v1::ListProvidersRequest())
                  .second.providers(),
              SizeIs(3));
  v1::SetProviderModeRequest mode;
  mode.set_name("north");
  mode.set_mode(config::v1::MODE_DRAINING);
  EXPECT_TRUE(Call(&v1::Admin::Stub::SetProviderMode, mode).first.ok());
  v1::GetProviderRequest get;
  get.set_name("north");
  EXPECT_EQ(Call(&v1::Admin::Stub::GetProvider, get).second.provider().mode(),
            config::v1::MODE_DRAINING);
  v1::RemoveProviderRequest remove;
  remove.set_name("north");
  EXPECT_EQ(Call(&v1::Admin::Stub::RemoveProvider, remove).second.revision(),
            4);
}

TEST_F(AdminServiceTest, ModelsAndTheirTargetsAreSwitched) {
  v1::SetModelModeRequest mode;
  mode.set_name("chat");
  mode.set_mode(config::v1::MODE_DISABLED);
  mode.set_provider("west");
  ASSERT_TRUE(Call(&v1::Admin::Stub::SetModelMode, mode).first.ok());
  v1::GetModelRequest get;
  get.set_name("chat");
  auto model = Call(&v1::Admin::Stub::GetModel, get).second.model();
  EXPECT_EQ(model.mode(), config::v1::MODE_UNSPECIFIED);
  EXPECT_EQ(model.targets(1).mode(), config::v1::MODE_DISABLED);
  mode.clear_provider();
  ASSERT_TRUE(Call(&v1::Admin::Stub::SetModelMode, mode).first.ok());
  EXPECT_EQ(Call(&v1::Admin::Stub::ListModels, v1::ListModelsRequest())
                .second.models(0)
                .mode(),
            config::v1::MODE_DISABLED);
}

TEST_F(AdminServiceTest, AKeysSecretIsShownOnce) {
  v1::CreateClientKeyRequest create;
  create.set_name("ci");
  create.add_models("chat");
  const auto [status, created] =
      Call(&v1::Admin::Stub::CreateClientKey, create);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(created.secret(), StartsWith("sk-weir-"));
  const auto listed =
      Call(&v1::Admin::Stub::ListClientKeys, v1::ListClientKeysRequest())
          .second;
  EXPECT_THAT(listed.client_keys(), SizeIs(2));
  EXPECT_EQ(listed.DebugString().find(created.secret()), std::string::npos);
  v1::RevokeClientKeyRequest revoke;
  revoke.set_name("ci");
  EXPECT_TRUE(Call(&v1::Admin::Stub::RevokeClientKey, revoke).first.ok());
}

TEST_F(AdminServiceTest, StatusShowsTargetsAndProblems) {
  scoreboard_.OnProbe(TargetId{"east/chat"},
                      {absl::OkStatus(), absl::Milliseconds(80)});
  const auto status =
      Call(&v1::Admin::Stub::GetStatus, v1::GetStatusRequest()).second.status();
  EXPECT_THAT(status.problems(), ElementsAre("east is on fire"));
  ASSERT_THAT(status.models(), SizeIs(1));
  EXPECT_EQ(status.models(0).mode(), config::v1::MODE_ENABLED);
  ASSERT_THAT(status.models(0).targets(), SizeIs(2));
  EXPECT_EQ(status.models(0).targets(0).latency_ms(), 80);
  EXPECT_FALSE(status.models(0).targets(1).has_latency_ms());
}

TEST_F(AdminServiceTest, WeightsAreWhatNodesWereTold) {
  EXPECT_FALSE(Call(&v1::Admin::Stub::GetWeights, v1::GetWeightsRequest())
                   .second.has_version());
  publisher_.Tick(clock_.Now());
  const auto told =
      Call(&v1::Admin::Stub::GetWeights, v1::GetWeightsRequest()).second;
  EXPECT_EQ(told.version().sequence(), 1);
  EXPECT_EQ(told.weights().models(0).model(), "chat");
}

TEST_F(AdminServiceTest, NodesAreListedWithWhatTheyRun) {
  NodeList::Hello hello;
  hello.identity.id = NodeId{"node-1"};
  hello.config = Version{1, 5, std::string(32, 'h')};
  ASSERT_THAT(nodes_.OnHello(1, hello), IsOk());
  nodes_.OnReport(1, NodeId{"node-1"}, {7, 0}, clock_.Now());
  nodes_.OnAnswer(1, NodeId{"node-1"}, {Lane::kConfig, {}, {"bad"}, {}});
  clock_.Advance(absl::Seconds(3));
  const auto nodes =
      Call(&v1::Admin::Stub::ListNodes, v1::ListNodesRequest()).second;
  ASSERT_THAT(nodes.nodes(), SizeIs(1));
  EXPECT_TRUE(nodes.nodes(0).connected());
  EXPECT_EQ(nodes.nodes(0).since_last_report().seconds(), 3);
  EXPECT_EQ(nodes.nodes(0).requests_in_flight(), 7);
  EXPECT_THAT(nodes.nodes(0).problems(), ElementsAre("bad"));
}

TEST_F(AdminServiceTest, AWatcherHearsOfTheRevisionNowAndAfterEachChange) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAdminLimit));
  auto stream = stub_->Watch(&context, v1::WatchRequest());
  v1::WatchResponse heard;
  ASSERT_TRUE(stream->Read(&heard));
  EXPECT_EQ(heard.revision(), 1);
  v1::SetProviderRequest set;
  *set.mutable_provider() = SampleProvider("north");
  Call(&v1::Admin::Stub::SetProvider, set);
  service_.Tick();
  ASSERT_TRUE(stream->Read(&heard));
  EXPECT_EQ(heard.revision(), 2);
}

TEST_F(AdminServiceTest, AWatcherOfTheStatusHearsOnlyOfChanges) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAdminLimit));
  auto stream = stub_->WatchStatus(&context, v1::WatchStatusRequest());
  v1::WatchStatusResponse heard;
  ASSERT_TRUE(stream->Read(&heard));
  EXPECT_EQ(heard.status().nodes_connected(), 0);
  for (int i = 0; i < 10; ++i) service_.Tick();
  NodeList::Hello hello;
  hello.identity.id = NodeId{"node-1"};
  ASSERT_THAT(nodes_.OnHello(1, hello), IsOk());
  service_.Tick();
  ASSERT_TRUE(stream->Read(&heard));
  EXPECT_EQ(heard.status().nodes_connected(), 1);
  service_.Stop();
  EXPECT_FALSE(stream->Read(&heard));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace weir::controlplane
