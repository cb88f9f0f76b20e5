#include "tests/end_to_end/failure/failure_scenario.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/metrics_page.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

// At most: it is ended when a scenario is.
constexpr absl::Duration kLoad = absl::Minutes(4);
constexpr char kLimited[] = "limit=\"key/limited/rpm\"";

void Append(std::string& sentences, const std::string& more) {
  absl::StrAppend(&sentences, sentences.empty() ? "" : "; ", more);
}

}  // namespace

std::string Seconds(absl::Duration time) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(time));
}

std::string Share(double number) { return absl::StrFormat("%.2f", number); }

void FailureScenario::Begin(const std::string& name, FleetOptions options) {
  BeginWithoutFleet(name);
  fleet_.emplace(std::move(options));
  const absl::Status started = fleet_->Start();
  ASSERT_TRUE(started.ok()) << started;
}

void FailureScenario::BeginWithoutFleet(const std::string& name) {
  row_.emplace();
  row_->scenario = name;
}

void FailureScenario::CountElsewhere(int requests, int failed) {
  row_->requests += requests;
  row_->failed += failed;
  EXPECT_EQ(failed, 0);
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
  addresses_ = traffic.addresses;
  if (addresses_.empty()) {
    for (int node = 0; node < fleet_->nodes(); ++node) {
      addresses_.push_back(fleet_->Api(node));
    }
  }
  for (const std::string& address : addresses_) {
    absl::StatusOr<std::unique_ptr<Load>> load =
        Load::Start({.address = address,
                     .key = fleet_->key(),
                     .model = traffic.model,
                     .rate = traffic.rate,
                     .duration = kLoad},
                    scratch_ / absl::StrCat("load.", loads_.size(), ".json"));
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
  auto proxy = HaProxy::Start(nodes, scratch_.path());
  ASSERT_TRUE(proxy.ok()) << proxy.status();
  proxy_ = *std::move(proxy);
  traffic.addresses = {proxy_->address()};
  StartTraffic(traffic);
}

void FailureScenario::StartLimited(int rpm) {
  const auto created =
      fleet_->CtlJson({"key", "create", "limited", "--rpm", absl::StrCat(rpm)});
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string key = At(*created, "/secret");
  for (const std::string& address : addresses_) {
    ASSERT_TRUE(Eventually([&] {
      const auto answer =
          PostJson(address, "/v1/chat/completions", key, ChatBody("gpt-4.1"));
      return answer.ok() && answer->status == 200;
    }));
    absl::StatusOr<std::unique_ptr<Load>> load = Load::Start(
        {.address = address,
         .key = key,
         .rate = 3 * rpm / 60 / static_cast<int>(addresses_.size()),
         .duration = kLoad},
        scratch_ / absl::StrCat("limited.", limited_.size(), ".json"));
    ASSERT_TRUE(load.ok()) << load.status();
    limited_.push_back(*std::move(load));
  }
  allowed_per_second_ = rpm / 60.0;
  ASSERT_TRUE(Eventually([this] { return SharesAreEven(); }, absl::Seconds(30)))
      << fleet_->Logs();
  limited_since_ = absl::Now();
  let_through_before_ = LetThrough();
}

bool FailureScenario::SharesAreEven() {
  for (int node = 0; node < fleet_->nodes(); ++node) {
    const absl::StatusOr<HttpAnswer> page = Get(fleet_->Ops(node), "/metrics");
    if (!page.ok()) return false;
    const double even = 60 * allowed_per_second_ / fleet_->nodes();
    const double share = SumOnPage(page->body, "weir_quota_share", kLimited);
    // A bucket that refuses has nothing left.
    if (std::abs(share / even - 1) > 0.2 ||
        SumOnPage(page->body, "weir_quota_refused_total", kLimited) == 0) {
      return false;
    }
  }
  return true;
}

double FailureScenario::LetThrough() {
  double sum = 0;
  for (int node = 0; node < fleet_->nodes(); ++node) {
    // Both off one page: much is refused between two.
    const absl::StatusOr<HttpAnswer> page = Get(fleet_->Ops(node), "/metrics");
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) continue;
    sum += SumOnPage(page->body, "weir_quota_wanted_total", kLimited) -
           SumOnPage(page->body, "weir_quota_refused_total", kLimited);
  }
  return sum;
}

void FailureScenario::ExpectLimitHeld(const LimitBounds& bounds) {
  const double let_through = LetThrough() - let_through_before_;
  const double seconds = absl::ToDoubleSeconds(absl::Now() - limited_since_);
  for (const std::unique_ptr<Load>& load : limited_) load->End();
  LoadReport sum;
  int refused = 0;
  for (const std::unique_ptr<Load>& load : limited_) {
    const absl::StatusOr<LoadReport> report = load->Finish();
    ASSERT_TRUE(report.ok()) << report.status();
    sum += *report;
    refused += report->StatusCount(429);
  }
  limited_.clear();
  row_->requests += sum.sent;
  row_->streams += sum.streams;
  row_->failed += sum.failed - refused;
  row_->cut += sum.cut_silently + sum.ended_by_error_event;
  EXPECT_EQ(sum.succeeded + refused, sum.sent) << sum.text;
  const double allowed = allowed_per_second_ * seconds;
  EXPECT_LE(let_through, 1.05 * allowed + bounds.beyond);
  EXPECT_GE(let_through, bounds.least * allowed);
  Saw(absl::StrFormat(
      "a limit of %.0f/s, asked for thrice that, let %.1f/s through",
      allowed_per_second_, let_through / seconds));
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

std::string Wrapped(const TemporaryFolder& folder, const std::string& binary,
                    const std::string& first) {
  const std::filesystem::path file = folder / ("wrapped-" + binary);
  std::ofstream(file) << "#!/bin/sh\n"
                      << first << "\nexec '"
                      << (BinaryFolder() / binary).string() << "' \"$@\"\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  return file;
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
