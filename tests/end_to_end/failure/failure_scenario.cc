#include "tests/end_to_end/failure/failure_scenario.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/ledger.h"

namespace weir::testing {
namespace {

// At most: it is ended when a scenario is.
constexpr absl::Duration kLoad = absl::Minutes(4);

void Append(std::string& sentences, const std::string& more) {
  absl::StrAppend(&sentences, sentences.empty() ? "" : "; ", more);
}

}  // namespace

std::string Seconds(absl::Duration time) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(time));
}

std::string Share(double number) { return absl::StrFormat("%.2f", number); }

void FailureScenario::Begin(const std::string& name, FleetOptions options) {
  row_.emplace();
  row_->scenario = name;
  fleet_.emplace(std::move(options));
  const absl::Status started = fleet_->Start();
  ASSERT_TRUE(started.ok()) << started;
}

void FailureScenario::BeginWithReplicas(
    const std::string& name, FleetOptions (*shape)(const std::string&, int),
    int tcp_port) {
  auto server = PostgresServer::Start(tcp_port);
  ASSERT_TRUE(server.ok()) << server.status();
  database_ = *std::move(server);
  const absl::StatusOr<std::string> store = database_->NewDatabase();
  ASSERT_TRUE(store.ok()) << store.status();
  Begin(name, shape(*store, kOutput));
}

void FailureScenario::StartTraffic(const Traffic& traffic) {
  std::vector<std::string> addresses = traffic.addresses;
  if (addresses.empty()) {
    for (int node = 0; node < fleet_->nodes(); ++node) {
      addresses.push_back(fleet_->Api(node));
    }
  }
  for (const std::string& address : addresses) {
    absl::StatusOr<std::unique_ptr<Load>> load =
        Load::Start({.address = address,
                     .key = fleet_->key(),
                     .model = traffic.model,
                     .rate = traffic.rate,
                     .duration = kLoad},
                    reports_ / absl::StrCat("load.", loads_.size(), ".json"));
    ASSERT_TRUE(load.ok()) << load.status();
    loads_.push_back(*std::move(load));
  }
  ASSERT_TRUE(LetTrafficGoOn()) << fleet_->Logs();
}

void FailureScenario::StartTrafficBehindProxy(Traffic traffic) {
  std::vector<std::string> nodes;
  for (int node = 0; node < fleet_->nodes(); ++node) {
    nodes.push_back(fleet_->Api(node));
  }
  auto proxy = HaProxy::Start(nodes, reports_.path());
  ASSERT_TRUE(proxy.ok()) << proxy.status();
  proxy_ = *std::move(proxy);
  traffic.addresses = {proxy_->address()};
  StartTraffic(traffic);
}

bool FailureScenario::LetTrafficGoOn(int attempts) {
  // Not by what nodes say: a scenario may keep one from answering.
  const auto ended = [this] { return AttemptsIn(SeenByProviders(*fleet_)); };
  const std::int64_t wanted = ended() + attempts;
  return Eventually([&] { return ended() >= wanted; }, absl::Seconds(30));
}

void FailureScenario::EndTraffic() {
  for (const std::unique_ptr<Load>& load : loads_) load->End();
  LoadReport sum;
  for (const std::unique_ptr<Load>& load : loads_) {
    const absl::StatusOr<LoadReport> report = load->Finish();
    EXPECT_TRUE(report.ok()) << report.status();
    if (report.ok()) sum += *report;
  }
  if (std::exchange(loads_, {}).empty()) return;
  row_->requests += sum.sent;
  row_->streams += sum.streams;
  row_->failed += sum.failed;
  row_->cut += sum.cut_silently + sum.ended_by_error_event;
  EXPECT_GT(sum.sent, 300);
  EXPECT_EQ(sum.succeeded, sum.sent) << sum.text << fleet_->Logs();
}

void FailureScenario::TearDown() {
  if (!row_.has_value()) return;
  EndTraffic();
  row_->kept = !HasFailure();
  AddToFailureTable(*std::move(row_));
}

void FailureScenario::Done(const std::string& what) {
  Append(row_->done, what);
}

void FailureScenario::Saw(const std::string& what) { Append(row_->seen, what); }

}  // namespace weir::testing
