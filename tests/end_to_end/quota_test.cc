// Promise: a key's limit is one limit, however many nodes there are, and a
// budget that is spent stops its key on all of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/metrics_page.h"

namespace weir::testing {
namespace {

using ::testing::MatchesRegex;
using ::testing::UnorderedElementsAre;

constexpr int kRpm = 1200;
constexpr double kPerSecond = kRpm / 60.0;
constexpr absl::Duration kWindow = absl::Seconds(15);

class QuotaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // A key's secret, once every node takes it.
  std::string MakeKey(const std::string& name,
                      const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = {"key", "create", name};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const absl::StatusOr<boost::json::value> made =
        fleet_.CtlJson(std::move(arguments));
    if (!made.ok()) return "";
    const std::string secret = At(*made, "/secret");
    EXPECT_TRUE(Eventually([&] {
      for (int node = 0; node < fleet_.nodes(); ++node) {
        const auto models = Send(
            fleet_.Api(node),
            {.target = "/v1/models",
             .headers = {{"Authorization", absl::StrCat("Bearer ", secret)}}});
        if (!models.ok() || models->status != 200) return false;
      }
      return true;
    })) << fleet_.Logs();
    return secret;
  }

  absl::StatusOr<HttpAnswer> Ask(int node, const std::string& key,
                                 const std::string& model) {
    return PostJson(fleet_.Api(node), "/v1/chat/completions", key,
                    ChatBody(model, Answering::kWhole));
  }

  // What became of requests of a limit at one node until then.
  struct Seen {
    absl::Time at;
    double wanted = 0;
    double refused = 0;

    double admitted() const { return wanted - refused; }
  };
  // Of one page, so that both numbers are of one moment. Nothing is wanted at a
  // node that does not answer.
  Seen SeenBy(int node, const std::string& limit) {
    const std::string label = absl::StrCat("limit=\"", limit, "\"");
    const absl::Time asked = absl::Now();
    const absl::StatusOr<HttpAnswer> page = Get(fleet_.Ops(node), "/metrics");
    if (!page.ok()) return {asked};
    return {asked + (absl::Now() - asked) / 2,
            SumOnPage(page->body, "weir_quota_wanted_total", label),
            SumOnPage(page->body, "weir_quota_refused_total", label)};
  }

  // Requests that a node refused because a budget is spent.
  double RefusedForBudget(int node) {
    const absl::StatusOr<HttpAnswer> page = Get(fleet_.Ops(node), "/metrics");
    return page.ok() ? SumOnPage(page->body, "weir_errors_total",
                                 "code=\"budget_exceeded\"")
                     : 0;
  }

  // By all nodes together, on average over `window`. Each node is looked at
  // twice, at times of its own.
  double AdmittedASecond(const std::string& limit, absl::Duration window) {
    std::vector<Seen> begins;
    for (int node = 0; node < fleet_.nodes(); ++node) {
      begins.push_back(SeenBy(node, limit));
    }
    double rate = 0;
    for (const Seen& begin : begins) {
      const int node = static_cast<int>(&begin - begins.data());
      Seen end;
      EXPECT_TRUE(Eventually(
          [&] {
            end = SeenBy(node, limit);
            return end.at - begin.at >= window;
          },
          2 * window));
      rate += (end.admitted() - begin.admitted()) /
              absl::ToDoubleSeconds(end.at - begin.at);
    }
    return rate;
  }

  // In US dollars, by a cost report by key.
  static double SpentBy(const std::string& key,
                        const boost::json::value& report) {
    for (const boost::json::value& row : report.at("rows").as_array()) {
      if (At(row, "/group") == key) return std::stod(At(row, "/cost_usd"));
    }
    return 0;
  }

  // A token out costs a thousandth of a dollar.
  Fleet fleet_{{.nodes = 3,
                .providers = 1,
                .more_models =
                    "  - {name: dear, targets: [{provider: p1, model: gpt-4.1, "
                    "price: {input: 0, output: 1000}}]}\n"}};
};

TEST_F(QuotaTest, ThreeNodesAreOneLimit) {
  const std::string key = MakeKey("limited", {"--rpm", absl::StrCat(kRpm)});
  std::vector<std::unique_ptr<Load>> loads;
  for (int node = 0; node < fleet_.nodes(); ++node) {
    // Three times the limit, in parts of 4, 3 and 2.
    const int rate = static_cast<int>(3 * kPerSecond) * (4 - node) / 9;
    absl::StatusOr<std::unique_ptr<Load>> load =
        Load::Start({.address = fleet_.Api(node),
                     .key = key,
                     .rate = rate,
                     .duration = absl::Seconds(90)},
                    fleet_.folder() / absl::StrCat("load.", node, ".json"));
    ASSERT_TRUE(load.ok()) << load.status();
    loads.push_back(*std::move(load));
  }
  // Each node refuses once what its bucket held when it was idle is used up,
  // which takes the longer the closer to its share it is asked.
  for (int node = 0; node < fleet_.nodes(); ++node) {
    ASSERT_TRUE(
        Eventually([&] { return SeenBy(node, "key/limited/rpm").refused > 0; },
                   absl::Seconds(30)))
        << fleet_.Logs();
  }
  const double rate = AdmittedASecond("key/limited/rpm", kWindow);
  std::printf("admitted %.2f a second of %.0f, by three nodes\n", rate,
              kPerSecond);
  // A node is between two requests when it is looked at.
  EXPECT_NEAR(
      rate, kPerSecond,
      0.02 * kPerSecond + fleet_.nodes() / absl::ToDoubleSeconds(kWindow));

  const absl::StatusOr<HttpAnswer> refused = Ask(0, key, "gpt-4.1");
  ASSERT_TRUE(refused.ok()) << refused.status();
  // One in three is let through.
  if (refused->status != 200) {
    EXPECT_EQ(refused->status, 429);
    EXPECT_EQ(At(refused->Json(), "/error/code"), "rate_limit_exceeded");
    EXPECT_EQ(refused->Header("x-should-retry"), "true");
    EXPECT_EQ(refused->Header("x-weir-error-source"), "gateway");
    EXPECT_EQ(refused->Header("retry-after"), "1");
    EXPECT_EQ(refused->Header("x-ratelimit-remaining-requests"), "0");
  }
  for (const auto& load : loads) load->End();
  int failed = 0;
  for (const auto& load : loads) {
    const absl::StatusOr<LoadReport> report = load->Finish();
    ASSERT_TRUE(report.ok()) << report.status();
    failed += report->failed;
  }
  EXPECT_GT(failed, 0);
}

// Six a minute on three nodes: two each, which is less than one in ten seconds.
// A node by itself would let one through, so three in all.
TEST_F(QuotaTest, OfASmallLimitThreeNodesLetOneThrough) {
  const std::string key = MakeKey("small", {"--rpm", "6"});
  const std::string limit = "limit=\"key/small/rpm\"";
  ASSERT_TRUE(Eventually([&] {
    return std::abs(fleet_.SumMetric("weir_quota_share", limit) - 6) < 1e-6;
  })) << "each node knows that it is one of three";
  std::vector<int> statuses;
  for (int node = 0; node < fleet_.nodes(); ++node) {
    const absl::StatusOr<HttpAnswer> answer = Ask(node, key, "gpt-4.1");
    ASSERT_TRUE(answer.ok()) << answer.status();
    statuses.push_back(answer->status);
    if (answer->status == 200) continue;
    EXPECT_EQ(At(answer->Json(), "/error/code"), "rate_limit_exceeded");
    EXPECT_EQ(answer->Header("x-ratelimit-remaining-requests"), "0");
    int seconds = 0;
    EXPECT_TRUE(absl::SimpleAtoi(answer->Header("retry-after"), &seconds));
    EXPECT_GE(seconds, 1);
    EXPECT_LE(seconds, 10);
  }
  EXPECT_THAT(statuses, UnorderedElementsAre(200, 429, 429));
  EXPECT_GE(fleet_.SumMetric("weir_quota_asked_total", limit), 2);
}

TEST_F(QuotaTest, AnswersSayWhatIsLeftInTheClientsWords) {
  const std::string key = MakeKey("told", {"--rpm", "600", "--tpm", "90000"});
  const absl::StatusOr<HttpAnswer> open = Ask(0, key, "gpt-4.1");
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_EQ(open->status, 200) << open->body;
  EXPECT_EQ(open->Header("x-ratelimit-limit-requests"), "600");
  EXPECT_THAT(open->Header("x-ratelimit-remaining-requests"),
              MatchesRegex("[0-9]+"));
  EXPECT_THAT(open->Header("x-ratelimit-reset-requests"),
              MatchesRegex("[0-9.]+m?s"));
  EXPECT_EQ(open->Header("x-ratelimit-limit-tokens"), "90000");
  const absl::StatusOr<HttpAnswer> anthropic =
      Send(fleet_.Api(1),
           {.method = "POST",
            .target = "/v1/messages",
            .headers = {{"x-api-key", key},
                        {"anthropic-version", "2023-06-01"},
                        {"content-type", "application/json"}},
            .body = R"({"model":"gpt-4.1","max_tokens":10,)"
                    R"("messages":[{"role":"user","content":"hello"}]})"});
  ASSERT_TRUE(anthropic.ok()) << anthropic.status();
  EXPECT_EQ(anthropic->status, 200) << anthropic->body;
  EXPECT_EQ(anthropic->Header("anthropic-ratelimit-requests-limit"), "600");
  EXPECT_THAT(anthropic->Header("anthropic-ratelimit-tokens-reset"),
              MatchesRegex("20[0-9][0-9]-.*T.*Z"));
  // Another key has no limits, so nothing is said of any.
  const absl::StatusOr<HttpAnswer> free = Ask(0, fleet_.key(), "gpt-4.1");
  ASSERT_TRUE(free.ok()) << free.status();
  EXPECT_EQ(free->Header("x-ratelimit-limit-requests"), "");
}

TEST_F(QuotaTest, ASpentBudgetStopsItsKeyEverywhere) {
  const std::string key = MakeKey("poor", {"--budget", "0.05/day/hard"});
  HttpAnswer last;
  int answered = 0;
  ASSERT_TRUE(Eventually(
      [&] {
        const absl::StatusOr<HttpAnswer> answer = Ask(0, key, "dear");
        if (!answer.ok()) return false;
        last = *answer;
        if (last.status == 200) ++answered;
        return last.status == 429;
      },
      absl::Seconds(30)))
      << fleet_.Logs();
  std::printf("%d requests were answered before the budget was spent\n",
              answered);
  EXPECT_EQ(At(last.Json(), "/error/code"), "budget_exceeded");
  EXPECT_EQ(last.Header("x-should-retry"), "false");
  EXPECT_EQ(last.Header("retry-after"), "");
  for (int node = 1; node < fleet_.nodes(); ++node) {
    EXPECT_TRUE(Eventually([&] {
      const auto answer = Ask(node, key, "dear");
      return answer.ok() && answer->status == 429;
    }));
  }
  // Nobody else is concerned, and people hear of it.
  EXPECT_EQ(Ask(0, fleet_.key(), "dear")->status, 200);
  for (const char* step : {"poor/day/50", "poor/day/80", "poor/day/100"}) {
    EXPECT_TRUE(Eventually([&] {
      const auto alerts = fleet_.Ctl({"alerts"});
      return alerts.ok() && alerts->output.find(step) != std::string::npos;
    })) << step
        << fleet_.Ctl({"alerts"})->output;
  }
}

// What it says is in docs/limits.md: two seconds of what the key spends, and
// what is in flight then, however many nodes it spends it on.
TEST_F(QuotaTest, AHardBudgetIsExceededByTwoSecondsAtMost) {
  constexpr double kBudgetUsd = 2;
  constexpr double kUsdARequest = 0.016;
  constexpr int kRateANode = 15;
  const std::string key =
      MakeKey("spender", {"--budget", absl::StrCat(kBudgetUsd, "/day/hard")});
  std::vector<std::unique_ptr<Load>> loads;
  for (int node = 0; node < fleet_.nodes(); ++node) {
    absl::StatusOr<std::unique_ptr<Load>> load =
        Load::Start({.address = fleet_.Api(node),
                     .key = key,
                     .model = "dear",
                     .rate = kRateANode,
                     .duration = absl::Seconds(60)},
                    fleet_.folder() / absl::StrCat("load.", node, ".json"));
    ASSERT_TRUE(load.ok()) << load.status();
    loads.push_back(*std::move(load));
  }
  for (int node = 0; node < fleet_.nodes(); ++node) {
    ASSERT_TRUE(Eventually([&] { return RefusedForBudget(node) > 0; },
                           absl::Seconds(40)))
        << fleet_.Logs();
  }
  int answered = 0;
  for (const auto& load : loads) load->End();
  for (const auto& load : loads) {
    const absl::StatusOr<LoadReport> report = load->Finish();
    ASSERT_TRUE(report.ok()) << report.status();
    answered += report->succeeded;
  }
  const double spent = answered * kUsdARequest;
  EXPECT_TRUE(Eventually([&] {
    const auto report = fleet_.CtlJson({"cost", "report", "--by", "key"});
    return report.ok() && std::abs(SpentBy("spender", *report) - spent) < 1e-6;
  })) << "the ledger has what was answered";
  const double a_second = fleet_.nodes() * kRateANode * kUsdARequest;
  std::printf("spent %.3f of %.0f dollars, %.3f a second\n", spent, kBudgetUsd,
              a_second);
  EXPECT_GE(spent, kBudgetUsd);
  EXPECT_LE(spent, kBudgetUsd + 2 * a_second + fleet_.nodes() * kUsdARequest);
}

TEST_F(QuotaTest, ASpentBudgetMayLeadToACheaperModel) {
  const std::string key =
      MakeKey("thrifty", {"--budget", "0.05/day/hard/dear=only-p1"});
  EXPECT_TRUE(Eventually(
      [&] {
        const auto answer = Ask(0, key, "dear");
        return answer.ok() && answer->status == 200 &&
               answer->Header("x-weir-model") == "only-p1";
      },
      absl::Seconds(30)))
      << fleet_.Logs();
  // The fallback is that of one model, and others are refused.
  const auto other = Ask(0, key, "gpt-4.1");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->status, 429);
}

}  // namespace
}  // namespace weir::testing
