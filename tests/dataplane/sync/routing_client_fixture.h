// A client and the control plane that it talks to.
#ifndef WEIR_TESTS_DATAPLANE_SYNC_ROUTING_CLIENT_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_SYNC_ROUTING_CLIENT_FIXTURE_H_

#include <google/protobuf/text_format.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/report_extent.h"
#include "dataplane/sync/routing_client.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_control_plane.h"
#include "tests/dataplane/sync/fake_sources.h"
#include "tests/testing/fake_random.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// Longer than anything here takes, however busy the machine is: reached only
// when a test fails.
inline constexpr absl::Duration kPatience = absl::Seconds(30);

// A configuration with one model, named `model`.
inline std::string Resources(const std::string& model) {
  config::v1::Resources resources;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "providers { name: 'p' base_url: 'http://p.example' } "
      "models { name: '" +
          model + "' targets { provider: 'p' } }",
      &resources));
  return resources.SerializeAsString();
}

inline Version Of(std::uint64_t epoch, std::uint64_t sequence,
                  const std::string& bytes) {
  return {epoch, sequence, weir::Sha256(bytes)};
}

class RoutingClientTest : public ::testing::Test {
 protected:
  RoutingClientTest() {
    options_.node_id = "node-1";
    options_.boot_id = 42;
    options_.region = "eu";
    options_.build_version = "1.2.3";
    options_.listen_address = "127.0.0.1:8080";
    options_.backoff_base = absl::Milliseconds(1);
    options_.backoff_cap = absl::Milliseconds(1);
  }
  ~RoutingClientTest() override { client_.reset(); }

  // Scripts use what the test's body declares, so they end before it does.
  class Serving {
   public:
    explicit Serving(RoutingClientTest& test) : test_(test) {}
    ~Serving() {
      test_.client_.reset();
      test_.control_plane_.reset();
    }

   private:
    RoutingClientTest& test_;
  };

  // Serves `scripts` and starts the client, until the result goes.
  [[nodiscard]] Serving Start(
      std::vector<testing::FakeControlPlane::Script> scripts) {
    control_plane_.emplace(std::move(scripts));
    options_.control_plane = control_plane_->address();
    client_.emplace(
        options_, lanes_,
        RoutingClient::Hooks{
            .on_change = [this] { ++changes_; },
            .make_report =
                [this](ReportExtent extent,
                       std::function<void(routing::v1::Report)> done) {
                  extents_.push_back(extent);
                  routing::v1::Report report;
                  report.set_boot_id(42);
                  report.set_requests_in_flight(++reports_made_);
                  done(std::move(report));
                },
            .find_decisions =
                [this](const routing::v1::DecisionQuery& query, auto done) {
                  routing::v1::DecisionAnswer answer;
                  answer.set_query_id(query.query_id());
                  answer.add_decisions()->set_request_id(query.request_id());
                  if (answers_queries_) done(std::move(answer));
                },
            .on_usage_ack =
                [this](std::uint64_t boot_id, std::uint64_t sequence) {
                  acks_.emplace_back(boot_id, sequence);
                }},
        loop_.get_executor(), clock_, random_);
    client_->Start();
    return Serving(*this);
  }

  // Runs the loop until `done`; false when it takes too long.
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done) {
    const absl::Time end = clock_.Now() + kPatience;
    while (!done()) {
      if (clock_.Now() > end) return false;
      loop_.run_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  [[nodiscard]] bool RunUntilSet(const std::atomic<bool>& flag) {
    return RunUntil([&flag] { return flag.load(); });
  }

  SystemClock clock_;
  testing::FakeRandom random_;
  testing::FakeMachine machine_;
  Lanes lanes_{"eu", machine_.Sources(), clock_};
  RoutingClientOptions options_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_ = boost::asio::make_work_guard(loop_);
  std::optional<testing::FakeControlPlane> control_plane_;
  std::optional<RoutingClient> client_;
  int changes_ = 0;
  std::uint32_t reports_made_ = 0;
  std::vector<ReportExtent> extents_;
  bool answers_queries_ = true;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> acks_;
};

}  // namespace weir::dataplane

#endif  // WEIR_TESTS_DATAPLANE_SYNC_ROUTING_CLIENT_FIXTURE_H_
