// The pages' content, and the pages as served.
#include "dataplane/node_pages.h"

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/ids.h"
#include "common/ops/metrics.h"
#include "common/ops/ops_server.h"
#include "dataplane/gen_ai_counts.h"
#include "dataplane/node_metrics.h"
#include "dataplane/node_status.h"
#include "dataplane/snapshot.h"
#include "dataplane/weights_page.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/node/ops_get.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A node that routes model m to p/up (0.25) and q/up (0.75), where q can't be
// used.
NodeStatus Status() {
  auto config = std::make_shared<RoutingConfig>();
  config->version = {3, 17, std::string(32, '\x01')};
  config->providers.resize(2);
  config->providers[0].name = "p";
  config->providers[1].name = "q";
  config->providers[1].unusable_because = "no \"key\"";
  for (ProviderIndex i = 0; i < 2; ++i) {
    TargetEntry target{};
    target.provider = i;
    target.upstream_model = "up";
    target.id = MakeTargetId(config->providers[i].name, "up");
    config->targets.push_back(target);
  }
  config->models.push_back({"m", config::v1::MODE_ENABLED, 0, 2, {}});
  auto weights = std::make_shared<RoutingWeights>();
  weights->version = Version{3, 99, std::string(32, '\x02')};
  weights->share = {{0.25, 1, false}, {0.75, 0, true}};

  NodeStatus status;
  status.snapshot = {std::move(config), std::move(weights)};
  status.readiness = NodeReadiness::kReady;
  status.workers = 2;
  status.config_age = absl::Seconds(5);
  status.weights_age = absl::Seconds(7);
  status.trust = 0.5;
  return status;
}

TEST(NodeReadinessTest, NeedsATargetThatMayBeUsedAndNoDrain) {
  const Snapshot full = Status().snapshot;
  EXPECT_EQ(NodeReadinessOf(full, Lifecycle::kServing), NodeReadiness::kReady);
  EXPECT_EQ(NodeReadinessOf(full, Lifecycle::kDraining),
            NodeReadiness::kDraining);
}

TEST(NodeReadinessTest, WithoutAConfigurationThereIsNothingToServe) {
  EXPECT_EQ(NodeReadinessOf({}, Lifecycle::kServing),
            NodeReadiness::kNoSnapshot);
  const Snapshot empty{std::make_shared<RoutingConfig>(),
                       std::make_shared<RoutingWeights>()};
  EXPECT_EQ(NodeReadinessOf(empty, Lifecycle::kServing),
            NodeReadiness::kNoSnapshot);
}

TEST(NodeReadinessTest, WithEverythingSwitchedOffThereIsNothingToServe) {
  Snapshot snapshot = Status().snapshot;
  auto weights = std::make_shared<RoutingWeights>(*snapshot.weights);
  for (TargetShare& share : weights->share) share.forbidden = true;
  snapshot.weights = weights;
  EXPECT_EQ(NodeReadinessOf(snapshot, Lifecycle::kServing),
            NodeReadiness::kNoSnapshot);
}

TEST(NodeReadinessTest, ADeadModelIsStillServed) {
  Snapshot snapshot = Status().snapshot;
  auto weights = std::make_shared<RoutingWeights>(*snapshot.weights);
  for (TargetShare& share : weights->share) share.weight = 0;
  snapshot.weights = weights;
  EXPECT_EQ(NodeReadinessOf(snapshot, Lifecycle::kServing),
            NodeReadiness::kReady);
}

TEST(NodeMetricsTest, OfTooMuchTheNodeItselfStays) {
  NodeStatus status = Status();
  for (int i = 0; i < 10'000; ++i) {
    status.report.targets[MakeTargetId("p", std::to_string(i))];
  }
  status.client.updates[{"config", "applied"}] = 3;
  EXPECT_THAT(NodeMetrics(status).Text(),
              AllOf(HasSubstr("weir_ready 1"),
                    HasSubstr("weir_lane_updates_total{lane=\"config\",outcome="
                              "\"applied\"} 3"),
                    Not(HasSubstr("weir_metric_series_dropped 0\n"))));
}

TEST(NodeMetricsTest, ShowsModelsAsDashboardsKnowThem) {
  NodeStatus status = Status();
  ModelCounters& model = status.report.models["m"];
  model.requests = {{200, 3}, {503, 1}};
  model.latency.buckets[0] = 2;
  model.latency.buckets[kLatencyBounds.size()] = 1;
  model.latency.sum = 12.5;
  const std::string page = NodeMetrics(status).Text();
  EXPECT_THAT(
      page, AllOf(HasSubstr("ai_requests_total{model=\"m\",status=\"200\"} 3"),
                  HasSubstr("ai_requests_total{model=\"m\",status=\"503\"} 1"),
                  HasSubstr("ai_request_latency_seconds_count{model=\"m\"} 3"),
                  HasSubstr("ai_request_latency_seconds_sum{model=\"m\"} 12.5"),
                  HasSubstr("_bucket{model=\"m\",le=\"0.1\"} 2"),
                  HasSubstr("_bucket{model=\"m\",le=\"10\"} 2"),
                  HasSubstr("_bucket{model=\"m\",le=\"+Inf\"} 3")));
}

TEST(NodeMetricsTest, ShowsFirstTokensAndItsOwnOverhead) {
  NodeStatus status = Status();
  status.report.models["m"].first_token.Add(absl::Milliseconds(30));
  status.report.overhead.Add(absl::Microseconds(50));
  status.report.overhead.Add(absl::Microseconds(51));
  EXPECT_THAT(
      NodeMetrics(status).Text(),
      AllOf(HasSubstr("weir_time_to_first_token_seconds_bucket{model=\"m\","
                      "le=\"0.02\"} 0"),
            HasSubstr("weir_time_to_first_token_seconds_bucket{model=\"m\","
                      "le=\"0.04\"} 1"),
            HasSubstr("weir_overhead_seconds_bucket{le=\"5e-05\"} 1"),
            HasSubstr("weir_overhead_seconds_count 2")));
}

TEST(NodeMetricsTest, OffersOpenTelemetrysNamesBesideItsOwn) {
  NodeStatus status = Status();
  GenAiCounts& counts =
      status.report.gen_ai[{"chat", "openai", "m", "up", "p"}];
  counts.input_tokens.Add(1000);
  counts.output_tokens.Add(10);
  counts.duration.Add(absl::Milliseconds(1500));
  counts.first_token.Add(absl::Milliseconds(30));
  counts.per_output_token.Add(absl::Milliseconds(20));
  const std::string labels =
      "{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\","
      "gen_ai_request_model=\"m\",gen_ai_response_model=\"up\","
      "provider=\"p\"";
  EXPECT_THAT(
      NodeMetrics(status).Text(),
      AllOf(HasSubstr("gen_ai_client_token_usage_sum" + labels +
                      ",gen_ai_token_type=\"input\"} 1000"),
            HasSubstr("gen_ai_client_token_usage_bucket" + labels +
                      ",gen_ai_token_type=\"output\",le=\"16\"} 1"),
            HasSubstr("gen_ai_server_request_duration_seconds_sum" + labels +
                      "} 1.5"),
            HasSubstr("gen_ai_server_time_to_first_token_seconds_bucket" +
                      labels + ",le=\"0.04\"} 1"),
            HasSubstr("gen_ai_server_time_per_output_token_seconds_bucket" +
                      labels + ",le=\"0.025\"} 1"),
            HasSubstr("weir_metric_series_dropped 0")));
}

TEST(NodeMetricsTest, ThousandsOfTargetsDoNotDrownPrometheus) {
  NodeStatus status = Status();
  for (int i = 0; i < 5000; ++i) {
    const std::string name = absl::StrCat("up-", i);
    status.report.targets[MakeTargetId("p", name)] = {};
    status.report.gen_ai[{"chat", "openai", "m", name, "p"}] = {};
  }
  const ops::MetricPage page = NodeMetrics(status);
  std::size_t lines = 0;
  const std::string text = page.Text();
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!line.empty() && line.front() != '#') ++lines;
  }
  EXPECT_LT(lines, ops::MetricPage::kMaxSeries + 200);
  EXPECT_THAT(text, Not(HasSubstr("weir_metric_series_dropped 0")));
  EXPECT_THAT(text, HasSubstr("weir_ready 1\n"));
}

TEST(NodeMetricsTest, ShowsWhatProvidersSaidOfTheirWork) {
  NodeStatus status = Status();
  UsageCounters& usage = status.report.usage[{"m", "p"}];
  usage = {.input = 1000,
           .cached_input = 800,
           .output = 10,
           .unbelievable = 2,
           .cost = 0.5,
           .cache_savings = 0.25};
  status.report.usage[{"silent", "p"}] = {};
  const std::string page = NodeMetrics(status).Text();
  const std::string labels = "{model=\"m\",provider=\"p\"";
  EXPECT_THAT(
      page,
      AllOf(HasSubstr("weir_tokens_total" + labels + ",kind=\"input\"} 1000"),
            HasSubstr("kind=\"cached_input\"} 800"),
            HasSubstr("kind=\"output\"} 10"),
            HasSubstr("weir_cached_input_ratio" + labels + "} 0.8"),
            HasSubstr("weir_cost_usd_total" + labels + "} 0.5"),
            HasSubstr("weir_cache_savings_usd_total" + labels + "} 0.25"),
            HasSubstr("weir_usage_unbelievable_total" + labels + "} 2"),
            Not(HasSubstr("weir_cached_input_ratio{model=\"silent\""))));
}

TEST(NodeMetricsTest, ShowsWhatBecameOfAttempts) {
  NodeStatus status = Status();
  TargetCounters& target = status.report.targets[MakeTargetId("p", "a/b")];
  target.attempts = {1, 2, 3, 4, 5, 6};
  target.breaker = BreakerState::kHalfOpen;
  const std::string page = NodeMetrics(status).Text();
  const std::string labels = "{provider=\"p\",upstream_model=\"a/b\",";
  for (const auto& [outcome, count] : {std::pair{"success", 1},
                                       {"endpoint_failure", 2},
                                       {"credential_failure", 3},
                                       {"rate_limited", 4},
                                       {"client_error", 5},
                                       {"cancelled", 6}}) {
    EXPECT_THAT(page,
                HasSubstr(absl::StrCat("weir_attempts_total", labels,
                                       "outcome=\"", outcome, "\"} ", count)));
  }
  EXPECT_THAT(
      page,
      AllOf(HasSubstr("weir_breaker_state" + labels + "state=\"closed\"} 0"),
            HasSubstr("weir_breaker_state" + labels + "state=\"half_open\"} 1"),
            HasSubstr("weir_breaker_state" + labels + "state=\"open\"} 0")));
}

TEST(NodeMetricsTest, ShowsWhatItRunsAndWhoItHears) {
  NodeStatus status = Status();
  status.link = RoutingClient::Link::kUp;
  status.client.reports_sent = 8;
  status.client.updates[{"config", "refused"}] = 2;
  status.cache_write_failures = 4;
  EXPECT_THAT(NodeMetrics(status).Text(),
              AllOf(HasSubstr("weir_lane_epoch{lane=\"config\"} 3"),
                    HasSubstr("weir_lane_sequence{lane=\"weights\"} 99"),
                    HasSubstr("weir_lane_age_seconds{lane=\"config\"} 5"),
                    HasSubstr("weir_lane_age_seconds{lane=\"weights\"} 7"),
                    HasSubstr("weir_weights_trust 0.5"),
                    HasSubstr("weir_control_plane_connected 1"),
                    HasSubstr("weir_reports_sent_total 8"),
                    HasSubstr("weir_lane_updates_total{lane=\"config\","
                              "outcome=\"refused\"} 2"),
                    HasSubstr("weir_snapshot_cache_write_failures_total 4"),
                    HasSubstr("weir_ready 1")));
}

TEST(NodeMetricsTest, ShowsWhatUsageWaitsForTheLedger) {
  NodeStatus status = Status();
  status.client.usage_batches_sent = 9;
  status.usage = {.batches_waiting = 2,
                  .bytes_waiting = 345,
                  .batches_acknowledged = 7,
                  .write_failures = 1,
                  .attempts_lost = 4,
                  .attempts_interrupted = 3,
                  .outlives_process = true};
  EXPECT_THAT(NodeMetrics(status).Text(),
              AllOf(HasSubstr("weir_usage_batches_waiting 2"),
                    HasSubstr("weir_usage_bytes_waiting 345"),
                    HasSubstr("weir_usage_batches_sent_total 9"),
                    HasSubstr("weir_usage_batches_acknowledged_total 7"),
                    HasSubstr("weir_usage_write_failures_total 1"),
                    HasSubstr("weir_usage_attempts_lost_total 4"),
                    HasSubstr("weir_usage_attempts_interrupted_total 3"),
                    HasSubstr("weir_usage_outlives_process 1")));
}

TEST(NodeMetricsTest, ANodeWithNothingHasAPageToo) {
  const std::string page = NodeMetrics({}).Text();
  EXPECT_THAT(page, AllOf(HasSubstr("weir_ready 0"),
                          HasSubstr("weir_control_plane_connected 0"),
                          Not(HasSubstr("weir_lane_epoch"))));
}

TEST(NodeMetricsTest, EveryFamilyHasHelp) {
  NodeStatus status = Status();
  status.report.models["m"].requests = {{200, 3}};
  status.report.targets[MakeTargetId("p", "up")];
  status.report.requests_without_model = {{401, 1}};
  status.report.errors = {{"no_target", 1}};
  status.report.usage[{"m", "p"}].input = 1;
  const auto page = NodeMetrics(status);
  for (const auto& family : page.families()) {
    EXPECT_FALSE(family.help.empty()) << family.name;
  }
}

TEST(WeightsPageTest, ShowsSharesRanksAndBreakers) {
  NodeStatus status = Status();
  status.report.targets[MakeTargetId("p", "up")].breaker = BreakerState::kOpen;
  const boost::json::object page =
      boost::json::parse(WeightsPage(status)).as_object();
  EXPECT_EQ(page.at("config").at("epoch"), 3);
  EXPECT_EQ(page.at("config").at("sequence").as_int64(), 17);
  EXPECT_EQ(page.at("weights").at("sequence").as_int64(), 99);
  EXPECT_EQ(page.at("weights_age_seconds"), 7);
  const boost::json::value& model = page.at("models").at(0);
  EXPECT_EQ(model.at("model").as_string(), "m");
  const boost::json::value& p = model.at("targets").at(0);
  EXPECT_EQ(p.at("provider").as_string(), "p");
  EXPECT_EQ(p.at("upstream_model").as_string(), "up");
  EXPECT_EQ(p.at("weight").as_double(), 0.25);
  EXPECT_EQ(p.at("rank").as_int64(), 1);
  EXPECT_EQ(p.at("breaker").as_string(), "open");
  EXPECT_FALSE(p.as_object().contains("unusable_because"));
  const boost::json::value& q = model.at("targets").at(1);
  EXPECT_TRUE(q.at("forbidden").as_bool());
  EXPECT_EQ(q.at("breaker").as_string(), "closed");
  EXPECT_EQ(q.at("unusable_because").as_string(), "no \"key\"");
}

TEST(WeightsPageTest, NumbersHaveNoExponent) {
  EXPECT_THAT(WeightsPage(Status()),
              AllOf(HasSubstr(R"("trust":0.5,)"),
                    HasSubstr(R"("weights_age_seconds":7,)"),
                    HasSubstr(R"("weight":0.25,)")));
}

TEST(WeightsPageTest, ANodeWithNothingHasAPageToo) {
  const boost::json::object page =
      boost::json::parse(WeightsPage({})).as_object();
  EXPECT_TRUE(page.at("config").is_null());
  EXPECT_TRUE(page.at("models").as_array().empty());
}

// The pages behind a real server on loopback.
class ServedPagesTest : public ::testing::Test {
 protected:
  ServedPagesTest() {
    AddPages({.status = [this](auto done) { done(status_); },
              .readiness = [this] { return status_.readiness; }},
             server_);
    const absl::StatusOr<std::string> address = server_.Start("127.0.0.1:0");
    EXPECT_TRUE(address.ok());
    address_ = *address;
  }
  ~ServedPagesTest() override { server_.Stop(); }

  std::string Get(const std::string& path) {
    return testing::OpsGet(loop_, address_, path);
  }

  asio::io_context loop_;
  NodeStatus status_ = Status();
  ops::OpsServer server_{loop_.get_executor()};
  std::string address_;
};

TEST_F(ServedPagesTest, AreWhereDashboardsAndProbesLook) {
  EXPECT_THAT(Get("/metrics"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("version=0.0.4"),
                    HasSubstr("weir_ready 1")));
  EXPECT_THAT(Get("/routing-weights"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("application/json"),
                    HasSubstr("\"models\"")));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/health"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get("/readyz"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServedPagesTest, UnreadySaysWhyAndIsAliveStill) {
  status_.readiness = NodeReadiness::kDraining;
  EXPECT_THAT(Get("/readyz"),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("draining")));
  status_.readiness = NodeReadiness::kNoSnapshot;
  EXPECT_THAT(Get("/readyz"), AllOf(StartsWith("HTTP/1.1 503"),
                                    HasSubstr("no configuration yet")));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace weir::dataplane
