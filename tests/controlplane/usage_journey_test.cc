// Usage from a node's stream to a report, through the whole control plane and
// a real database.
#include <grpcpp/grpcpp.h>
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "controlplane/alert/webhook_sender.h"
#include "controlplane/control_plane.h"
#include "controlplane/store/sqlite_store.h"
#include "gtest/gtest.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::weir::testing::IsOk;
namespace asio = boost::asio;

constexpr absl::Duration kLimit = absl::Seconds(20);
constexpr std::uint64_t kBoot = 42;

class SoundProber final : public Prober {
 public:
  asio::awaitable<std::optional<ProbeAnswer>> Probe(ProbeTarget) override {
    co_return ProbeAnswer{{absl::OkStatus(), absl::Milliseconds(20)}};
  }
  asio::awaitable<CredentialAnswer> CheckCredential(
      std::shared_ptr<const config::v1::Provider>, std::uint32_t) override {
    co_return CredentialAnswer{};
  }
};

class SilentSender final : public WebhookSender {
 public:
  asio::awaitable<absl::Status> Send(std::shared_ptr<const config::v1::Webhook>,
                                     Alert) override {
    co_return absl::OkStatus();
  }
};

// A node's end of a stream, introduced.
class Node {
 public:
  explicit Node(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(routing::v1::Routing::NewStub(channel)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
    stream_ = stub_->Subscribe(&context_);
    routing::v1::SubscribeRequest hello;
    hello.mutable_hello()->set_node_id("node-1");
    hello.mutable_hello()->set_boot_id(kBoot);
    stream_->Write(hello);
  }
  ~Node() {
    context_.TryCancel();
    stream_->Finish().IgnoreError();
  }

  // A million tokens out, now.
  void Send(std::uint64_t sequence) {
    routing::v1::SubscribeRequest request;
    routing::v1::UsageBatch& batch = *request.mutable_usage();
    batch.set_boot_id(kBoot);
    batch.set_sequence(sequence);
    routing::v1::UsageRecord& record = *batch.add_records();
    record.mutable_minute()->set_seconds(absl::ToUnixSeconds(absl::Now()));
    record.set_client_key("app");
    record.set_model("chat");
    record.set_provider("east");
    record.set_upstream_model("chat");
    record.set_provenance(routing::v1::USAGE_PROVENANCE_REPORTED);
    record.set_attempts(1);
    record.set_requests(1);
    record.set_output(1'000'000);
    stream_->Write(request);
  }
  // The next sequence that is acknowledged; 0 when the stream ends before.
  std::uint64_t Acknowledged() {
    routing::v1::SubscribeResponse response;
    while (stream_->Read(&response)) {
      if (response.has_usage()) return response.usage().sequence();
    }
    return 0;
  }

 private:
  std::unique_ptr<routing::v1::Routing::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<routing::v1::SubscribeRequest,
                                           routing::v1::SubscribeResponse>>
      stream_;
};

class UsageJourneyTest : public ::testing::Test {
 protected:
  UsageJourneyTest() { Start(); }

  // Again, with what the database holds.
  void Start() {
    control_plane_.reset();
    auto store = OpenSqliteStore(path());
    ASSERT_THAT(store, IsOk());
    ControlPlaneOptions options;
    options.grpc.listen = "127.0.0.1:0";
    options.http_listen = "127.0.0.1:0";
    auto started = ControlPlane::Start(
        std::move(options), *std::move(store), std::make_unique<SoundProber>(),
        std::make_unique<SilentSender>(), clock_);
    ASSERT_THAT(started, IsOk());
    control_plane_ = *std::move(started);
    channel_ = grpc::CreateChannel(control_plane_->grpc_address(),
                                   grpc::InsecureChannelCredentials());
    admin_ = admin::v1::Admin::NewStub(channel_);
  }
  std::string path() const { return directory_.path() + "/weir.db"; }

  void Apply(double output_price) {
    admin::v1::ApplyRequest request;
    *request.mutable_resources() = SampleResources();
    request.mutable_resources()
        ->mutable_models(0)
        ->mutable_targets(0)
        ->mutable_price()
        ->set_output(output_price);
    grpc::ClientContext context;
    admin::v1::ApplyResponse response;
    const grpc::Status status = admin_->Apply(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  // Waits for it.
  bool AlertIsRaised(const std::string& id) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
    auto watch = admin_->WatchAlerts(&context, {});
    admin::v1::WatchAlertsResponse response;
    bool raised = false;
    while (!raised && watch->Read(&response)) {
      for (const admin::v1::Alert& alert : response.alerts()) {
        raised |= alert.id() == id;
      }
    }
    context.TryCancel();
    return raised;
  }
  admin::v1::GetCostReportResponse Report() {
    admin::v1::GetCostReportRequest request;
    request.mutable_until()->set_seconds(
        absl::ToUnixSeconds(absl::Now() + absl::Minutes(1)));
    grpc::ClientContext context;
    admin::v1::GetCostReportResponse response;
    const grpc::Status status =
        admin_->GetCostReport(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  TemporaryDirectory directory_;
  const SystemClock clock_;
  std::unique_ptr<ControlPlane> control_plane_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<admin::v1::Admin::Stub> admin_;
};

TEST_F(UsageJourneyTest, IsCountedOnceThoughTheControlPlaneDiesBetween) {
  Apply(8);
  {
    Node node(channel_);
    node.Send(1);
    EXPECT_EQ(node.Acknowledged(), 1U);
  }
  Start();
  Node node(channel_);
  // The acknowledgement might have been lost.
  node.Send(1);
  EXPECT_EQ(node.Acknowledged(), 1U);
  node.Send(2);
  EXPECT_EQ(node.Acknowledged(), 2U);
  const admin::v1::GetCostReportResponse report = Report();
  ASSERT_EQ(report.rows_size(), 1);
  EXPECT_EQ(report.rows(0).group(), "chat");
  EXPECT_EQ(report.rows(0).output(), 2'000'000U);
  EXPECT_DOUBLE_EQ(report.rows(0).cost_usd(), 16);
}

TEST_F(UsageJourneyTest, ALockedDatabaseDelaysAnAcknowledgementAndNothingElse) {
  Apply(8);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr),
            SQLITE_OK);
  Node node(channel_);
  node.Send(1);
  EXPECT_TRUE(AlertIsRaised("ledger:usage"));
  grpc::ClientContext context;
  admin::v1::ListNodesResponse nodes;
  ASSERT_TRUE(admin_->ListNodes(&context, {}, &nodes).ok());
  EXPECT_TRUE(nodes.nodes(0).connected());
  EXPECT_EQ(Report().rows_size(), 0) << "and reading goes on";
  sqlite3_close(other);
  EXPECT_EQ(node.Acknowledged(), 1U);
  EXPECT_DOUBLE_EQ(Report().total().cost_usd(), 8);
}

}  // namespace
}  // namespace weir::controlplane
