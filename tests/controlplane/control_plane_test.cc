// The whole control plane, with a prober and a store that the test decides.
#include "controlplane/control_plane.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/config/size_limit.h"
#include "common/mutex.h"
#include "common/net/host_port.h"
#include "controlplane/alert/webhook_sender.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"
#include "weir/routing/v1/routing.grpc.pb.h"

namespace weir::controlplane {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;
namespace asio = boost::asio;

constexpr absl::Duration kLimit = absl::Seconds(20);

// Providers are sound until the test says otherwise.
class SwitchedProber final : public Prober {
 public:
  explicit SwitchedProber(const std::atomic<bool>& sound) : sound_(sound) {}

  asio::awaitable<std::optional<ProbeAnswer>> Probe(ProbeTarget) override {
    co_return ProbeAnswer{
        {sound_ ? absl::OkStatus() : absl::UnavailableError("switched off"),
         absl::Milliseconds(20)}};
  }

  asio::awaitable<CredentialAnswer> CheckCredential(
      std::shared_ptr<const config::v1::Provider>, std::uint32_t) override {
    co_return CredentialAnswer{};
  }

 private:
  const std::atomic<bool>& sound_;
};

// What receivers got.
class Told {
 public:
  void Add(std::string text) {
    MutexLock lock(&mutex_);
    texts_.push_back(std::move(text));
    changed_.SignalAll();
  }
  // Everything, once there are `count`.
  std::vector<std::string> WaitFor(std::size_t count) {
    MutexLock lock(&mutex_);
    while (texts_.size() < count) changed_.WaitFor(&mutex_, kLimit);
    return texts_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> texts_ ABSL_GUARDED_BY(mutex_);
};

class ToldSender final : public WebhookSender {
 public:
  explicit ToldSender(Told& told) : told_(told) {}

  asio::awaitable<absl::Status> Send(
      std::shared_ptr<const config::v1::Webhook> webhook,
      Alert alert) override {
    told_.Add(webhook->name() + (alert.resolved_at ? " -" : " +") + alert.id);
    co_return absl::OkStatus();
  }

 private:
  Told& told_;
};

class ControlPlaneTest : public ::testing::Test {
 protected:
  static ControlPlaneOptions Options() {
    ControlPlaneOptions options;
    options.grpc.listen = "127.0.0.1:0";
    options.http_listen = "127.0.0.1:0";
    options.alert_hold = absl::Milliseconds(300);
    return options;
  }

  absl::Status Start(ControlPlaneOptions options = Options(),
                     std::unique_ptr<Store> store = nullptr) {
    if (store == nullptr) store = std::make_unique<FakeStore>();
    absl::StatusOr<std::unique_ptr<ControlPlane>> started =
        ControlPlane::Start(std::move(options), std::move(store),
                            std::make_unique<SwitchedProber>(sound_),
                            std::make_unique<ToldSender>(told_), clock_);
    if (!started.ok()) return started.status();
    control_plane_ = *std::move(started);
    channel_ = grpc::CreateChannel(control_plane_->grpc_address(),
                                   grpc::InsecureChannelCredentials());
    admin_ = admin::v1::Admin::NewStub(channel_);
    return absl::OkStatus();
  }

  void Apply(const std::function<void(config::v1::Resources&)>& change =
                 [](config::v1::Resources&) {}) {
    admin::v1::ApplyRequest request;
    *request.mutable_resources() = SampleResources();
    change(*request.mutable_resources());
    for (config::v1::Provider& provider :
         *request.mutable_resources()->mutable_providers()) {
      provider.mutable_health_check()->mutable_interval()->set_nanos(
          100'000'000);
    }
    grpc::ClientContext context;
    admin::v1::ApplyResponse response;
    const grpc::Status status = admin_->Apply(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  // GET, as a scraper would.
  std::string Get(const std::string& path) {
    const net::HostPort address =
        *net::ParseHostPort(control_plane_->http_address());
    asio::io_context loop;
    asio::ip::tcp::socket socket(loop);
    socket.connect({asio::ip::make_address(address.host), address.port});
    asio::write(socket, asio::buffer("GET " + path +
                                     " HTTP/1.1\r\nHost: weir\r\n"
                                     "Connection: close\r\n\r\n"));
    std::string answer;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(answer), end);
    return answer;
  }

  const SystemClock clock_;
  std::atomic<bool> sound_{true};
  Told told_;
  std::unique_ptr<ControlPlane> control_plane_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<admin::v1::Admin::Stub> admin_;
};

TEST_F(ControlPlaneTest, ServesItsPagesBeforeAnythingIsConfigured) {
  ASSERT_THAT(Start(), IsOk());
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/health"), HasSubstr("\"status\":\"degraded\""));
  EXPECT_THAT(Get("/health"), HasSubstr("nothing is configured"));
  EXPECT_THAT(Get("/routing-weights"), HasSubstr("\"models\":[]"));
  EXPECT_THAT(Get("/metrics"), HasSubstr("weir_registry_revision 0"));
}

// Beyond 4 MiB, gRPC's own limit, it would be RESOURCE_EXHAUSTED.
TEST_F(ControlPlaneTest, TakesAllResourcesThatANodeTakes) {
  ASSERT_THAT(Start(), IsOk());
  admin::v1::ApplyRequest request;
  *request.mutable_resources() = SampleResources();
  request.mutable_resources()->mutable_providers(0)->set_base_url(
      std::string(config::kMaxResourceBytes, 'x'));
  grpc::ClientContext context;
  admin::v1::ApplyResponse response;
  const grpc::Status status = admin_->Apply(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("more than the 60 MiB"));
}

// Reads until `wanted` says yes to a message.
template <typename Stream, typename Response, typename Wanted>
bool ReadUntil(Stream& stream, Response& response, Wanted wanted) {
  while (stream->Read(&response)) {
    if (wanted(response)) return true;
  }
  return false;
}

TEST_F(ControlPlaneTest, ADeathReachesStatusAndNodes) {
  ASSERT_THAT(Start(), IsOk());
  Apply();
  grpc::ClientContext watching;
  watching.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
  auto watch = admin_->WatchStatus(&watching, {});
  admin::v1::WatchStatusResponse status;
  const auto in_state = [](routing::v1::TargetState state) {
    return [state](const admin::v1::WatchStatusResponse& response) {
      return response.status().models_size() == 1 &&
             response.status().models(0).targets(0).state() == state;
    };
  };
  ASSERT_TRUE(
      ReadUntil(watch, status, in_state(routing::v1::TARGET_STATE_HEALTHY)));

  grpc::ClientContext streaming;
  streaming.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
  auto node = routing::v1::Routing::NewStub(channel_)->Subscribe(&streaming);
  routing::v1::SubscribeRequest hello;
  hello.mutable_hello()->set_node_id("node-1");
  ASSERT_TRUE(node->Write(hello));
  routing::v1::SubscribeResponse heard;
  ASSERT_TRUE(
      ReadUntil(node, heard, [](const auto& m) { return m.has_config(); }));
  config::v1::Resources resources;
  ASSERT_TRUE(resources.ParseFromString(heard.config().resources()));
  EXPECT_EQ(resources.models(0).name(), "chat");

  sound_ = false;
  EXPECT_TRUE(ReadUntil(watch, status, [](const auto& response) {
    return !response.status().models(0).usable();
  }));
  EXPECT_EQ(status.status().models(0).targets(0).last_error(), "switched off");
  EXPECT_TRUE(ReadUntil(node, heard, [](const auto& message) {
    routing::v1::Weights weights;
    weights.ParseFromString(message.weights().weights());
    return weights.models_size() == 1 &&
           weights.models(0).regions(0).targets(0).state() >=
               routing::v1::TARGET_STATE_UNHEALTHY;
  }));
  EXPECT_THAT(Get("/metrics"),
              HasSubstr("ai_model_available{model=\"chat\"} 0"));
  streaming.TryCancel();
  watching.TryCancel();
}

TEST_F(ControlPlaneTest, AnOutageIsToldOnceAndItsEndToo) {
  ASSERT_THAT(Start(), IsOk());
  Apply([](config::v1::Resources& resources) {
    config::v1::Webhook& webhook = *resources.add_webhooks();
    webhook.set_name("ops");
    webhook.set_url("http://ops.example/");
    webhook.add_alerts("all_down");
  });
  sound_ = false;
  EXPECT_THAT(told_.WaitFor(1), ElementsAre("ops +all_down:chat"));
  EXPECT_THAT(Get("/metrics"),
              HasSubstr("weir_alert_active{kind=\"all_down\",subject=\"chat\""
                        "} 1"));
  sound_ = true;
  EXPECT_THAT(told_.WaitFor(2),
              ElementsAre("ops +all_down:chat", "ops -all_down:chat"));
  EXPECT_THAT(Get("/metrics"),
              HasSubstr("weir_alerts_total{kind=\"all_down\"} 1"));
  grpc::ClientContext context;
  admin::v1::ListEventsResponse events;
  ASSERT_TRUE(admin_->ListEvents(&context, {}, &events).ok());
  EXPECT_EQ(events.events().rbegin()->kind(), "config_changed");
  EXPECT_EQ(events.events().rbegin()->text(),
            "revision 1: provider east created, provider west created, model "
            "chat created, client_key app created, webhook ops created");
}

TEST_F(ControlPlaneTest, NodesAndWatchersAreToldOfTheEnd) {
  ASSERT_THAT(Start(), IsOk());
  grpc::ClientContext watching;
  watching.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
  auto watch = admin_->Watch(&watching, {});
  admin::v1::WatchResponse response;
  ASSERT_TRUE(watch->Read(&response));
  control_plane_->Stop();
  EXPECT_FALSE(watch->Read(&response));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  control_plane_->Stop();
}

TEST_F(ControlPlaneTest, FollowsItsResourceFile) {
  TemporaryDirectory directory;
  ControlPlaneOptions options = Options();
  options.resource_file = directory.path() + "/weir.yaml";
  const auto write = [&](const std::string& provider) {
    std::ofstream(options.resource_file + ".new")
        << "providers: [{name: " << provider
        << ", base_url: 'https://p.example/v1'}]\n";
    std::filesystem::rename(options.resource_file + ".new",
                            options.resource_file);
  };
  write("one");
  ASSERT_THAT(Start(options), IsOk());
  grpc::ClientContext watching;
  watching.set_deadline(absl::ToChronoTime(absl::Now() + kLimit));
  auto watch = admin_->Watch(&watching, {});
  admin::v1::WatchResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.revision(), 1);
  write("two");
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.revision(), 2);
  watching.TryCancel();
}

TEST_F(ControlPlaneTest, ABadFileStopsOnlyAControlPlaneThatKnowsNothingElse) {
  TemporaryDirectory directory;
  ControlPlaneOptions options = Options();
  options.resource_file = directory.path() + "/weir.yaml";
  std::ofstream(options.resource_file) << "providers: [{nam: x}]\n";
  EXPECT_THAT(Start(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("weir.yaml:1")));
  auto store = std::make_unique<FakeStore>();
  ASSERT_THAT(store->Save({1, SampleResources()}), IsOk());
  ASSERT_THAT(Start(options, std::move(store)), IsOk());
  grpc::ClientContext context;
  admin::v1::GetStatusResponse response;
  ASSERT_TRUE(admin_->GetStatus(&context, {}, &response).ok());
  EXPECT_EQ(response.status().models_size(), 1);
  EXPECT_THAT(response.status().problems(), Contains(HasSubstr("weir.yaml:1")));
}

TEST_F(ControlPlaneTest, AnAddressInUseIsNamed) {
  ASSERT_THAT(Start(), IsOk());
  ControlPlaneOptions grpc_taken = Options();
  grpc_taken.grpc.listen = control_plane_->grpc_address();
  ControlPlaneOptions http_taken = Options();
  http_taken.http_listen = control_plane_->http_address();
  EXPECT_THAT(Start(grpc_taken), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr(grpc_taken.grpc.listen)));
  EXPECT_THAT(Start(http_taken), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr(http_taken.http_listen)));
}

}  // namespace
}  // namespace weir::controlplane
