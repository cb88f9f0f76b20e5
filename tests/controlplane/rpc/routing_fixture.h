// The routing core with a clock and lanes that the test decides.
#ifndef WEIR_TESTS_CONTROLPLANE_RPC_ROUTING_FIXTURE_H_
#define WEIR_TESTS_CONTROLPLANE_RPC_ROUTING_FIXTURE_H_

#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/mutex.h"
#include "controlplane/ledger/ledger.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/quota/quota_board.h"
#include "controlplane/rollout/rollout.h"
#include "controlplane/rpc/node_session.h"
#include "controlplane/rpc/routing_messages.h"
#include "controlplane/scoreboard.h"
#include "tests/controlplane/fake_usage_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/testing/fake_clock.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::controlplane {

inline constexpr std::uint64_t kEpoch = 7;
inline constexpr std::uint64_t kBootId = 42;

// A Hello of a node that has nothing yet.
inline routing::v1::SubscribeRequest HelloFrom(const std::string& node) {
  routing::v1::SubscribeRequest request;
  request.mutable_hello()->set_node_id(node);
  request.mutable_hello()->set_boot_id(kBootId);
  return request;
}

inline routing::v1::SubscribeRequest AckOf(
    routing::v1::Lane lane, const routing::v1::Version& version) {
  routing::v1::SubscribeRequest request;
  request.mutable_ack()->set_lane(lane);
  *request.mutable_ack()->mutable_version() = version;
  return request;
}

// Thread safety: every method may be called from any thread.
class RoutingFixture {
 public:
  RoutingFixture()
      : scoreboard_(clock_),
        publisher_(kEpoch,
                   {[this](Lane lane) { return Content(lane); }, LaneMessage}),
        rollout_(publisher_, nodes_, {}, clock_),
        core_(publisher_, rollout_, nodes_, scoreboard_, providers_, ledger_,
              quotas_, clock_) {
    scoreboard_.SetResources(
        std::make_shared<const config::v1::Resources>(SampleResources()), {});
  }

  // `content` is what all nodes should run.
  void Publish(Lane lane, const std::string& content) {
    {
      MutexLock lock(&mutex_);
      content_[lane] = content;
    }
    publisher_.OnChange(lane, clock_.Now());
    clock_.Advance(absl::Seconds(1));
    publisher_.Tick(clock_.Now());
  }

  testing::FakeClock clock_;
  Scoreboard scoreboard_;
  ProviderBoard providers_{clock_};
  FakeUsageStore usage_;
  Ledger ledger_{usage_, clock_};
  QuotaBoard quotas_{clock_};
  NodeList nodes_;
  Publisher publisher_;
  Rollout rollout_;
  RoutingCore core_;

 private:
  std::optional<std::string> Content(Lane lane) {
    MutexLock lock(&mutex_);
    const auto found = content_.find(lane);
    if (found == content_.end()) return std::nullopt;
    return found->second;
  }

  Mutex mutex_;
  std::map<Lane, std::string> content_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_RPC_ROUTING_FIXTURE_H_
