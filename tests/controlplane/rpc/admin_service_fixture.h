// The Admin service in process, with the parts that it works on.
#ifndef WEIR_TESTS_CONTROLPLANE_RPC_ADMIN_SERVICE_FIXTURE_H_
#define WEIR_TESTS_CONTROLPLANE_RPC_ADMIN_SERVICE_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controlplane/access/actor.h"
#include "controlplane/rpc/admin_service.h"
#include "controlplane/rpc/routing_messages.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_random.h"
#include "tests/testing/status_matchers.h"
#include "weir/admin/v1/admin.grpc.pb.h"

namespace weir::controlplane {

inline constexpr absl::Duration kAdminLimit = absl::Seconds(20);

class AdminServiceTest : public ::testing::Test {
 protected:
  AdminServiceTest()
      : registry_(*Registry::Open(store_)),
        scoreboard_(clock_),
        publisher_(
            1, {[this](Lane) { return WeightsContent(*scoreboard_.View()); },
                LaneMessage}),
        rollout_(publisher_, nodes_, {}, clock_),
        desk_(clock_),
        service_({*registry_, scoreboard_, publisher_, rollout_, nodes_, desk_,
                  costs_, clock_,
                  [] { return std::vector<std::string>{"east is on fire"}; },
                  alerts_, events_, deliveries_, quotas_, budgets_,
                  [](const grpc::ServerContextBase& context) {
                    return ActorOf(context);
                  }}) {
    registry_->OnChange([this](const Registered& now) {
      MutexLock lock(&author_mutex_);
      author_ = now.author;
      scoreboard_.SetResources(now.resources, {});
    });
    EXPECT_THAT(registry_->Apply(SampleResources(), {}), weir::testing::IsOk());
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = admin::v1::Admin::NewStub(server_->InProcessChannel({}));
  }
  ~AdminServiceTest() override {
    service_.Stop();
    server_->Shutdown(absl::ToChronoTime(absl::Now()));
  }

  // Whoever the call says that it is.
  static Actor ActorOf(const grpc::ServerContextBase& context) {
    const auto name = context.client_metadata().find("who");
    if (name == context.client_metadata().end()) return {"nobody", ""};
    return {std::string(name->second.data(), name->second.size()), "operator"};
  }

  // One call; the test fails when it takes too long.
  template <typename Response, typename Request>
  std::pair<grpc::Status, Response> Call(
      grpc::Status (admin::v1::Admin::Stub::*method)(grpc::ClientContext*,
                                                     const Request&, Response*),
      const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kAdminLimit));
    context.AddMetadata("who", "token ci");
    std::pair<grpc::Status, Response> result;
    result.first = (stub_.get()->*method)(&context, request, &result.second);
    return result;
  }

  weir::testing::FakeClock clock_;
  FakeStore store_;
  // Of the last change since this was asked.
  Actor TakeAuthor() {
    MutexLock lock(&author_mutex_);
    return std::exchange(author_, {});
  }

  Mutex author_mutex_;
  Actor author_ ABSL_GUARDED_BY(author_mutex_);
  std::unique_ptr<Registry> registry_;
  Scoreboard scoreboard_;
  Publisher publisher_;
  NodeList nodes_;
  Rollout rollout_;
  EventLog events_;
  AlertWatch alerts_{clock_, events_, absl::Seconds(30), [](const Alert&) {}};
  weir::testing::FakeRandom random_;
  WebhookDelivery deliveries_{clock_, random_, nullptr};
  DecisionDesk desk_;
  Ledger ledger_{store_.usage(), clock_};
  CostDesk costs_{ledger_, *registry_, scoreboard_, clock_};
  QuotaBoard quotas_{clock_};
  BudgetBook budgets_{ledger_, clock_};
  AdminService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<admin::v1::Admin::Stub> stub_;
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_RPC_ADMIN_SERVICE_FIXTURE_H_
