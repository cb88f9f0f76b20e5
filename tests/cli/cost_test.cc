#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kPrices[] = R"(prices:
- {model: gpt-4.1, effective_from: 2020-01-01, price: {input: 2.40, output: 8.00}}
- {model: deepseek-v3.2, price: {input: 0.10, output: 0.42}}
)";

class CostCompareTest : public WeirctlTest {
 protected:
  Outcome Compare(std::vector<std::string> words) {
    input_ = kPrices;
    words.insert(words.begin(), {"cost", "compare", "-f", "-"});
    return WeirctlTest::Weirctl(std::move(words));
  }
};

TEST_F(CostCompareTest, NeedsNoServer) {
  const Outcome outcome = Compare({"--tokens", "10M"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "MODEL          INPUT  OUTPUT    COST            SAVED\n"
            "deepseek-v3.2      0   10.0M   $4.20  $75.80 (94.8 %)\n"
            "gpt-4.1            0   10.0M  $80.00                -\n");
}

// The list that comes with weir, as a reader of its first page runs it.
TEST_F(CostCompareTest, TheExampleListPricesTenMillionTokens) {
  // Its prices are in effect by then.
  clock_.Advance(
      absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone()) -
      clock_.WallNow());
  const auto compare = [this](std::vector<std::string> words) {
    words.insert(words.begin(), {"cost", "compare", "-f", WEIR_EXAMPLE_PRICES});
    const Outcome outcome = WeirctlTest::Weirctl(std::move(words));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  };
  EXPECT_EQ(compare({"--tokens", "10M"}),
            "MODEL              INPUT  OUTPUT     COST             SAVED\n"
            "deepseek-v3.2          0   10.0M    $4.20  $145.80 (97.2 %)\n"
            "gemini-2.5-flash       0   10.0M   $25.00  $125.00 (83.3 %)\n"
            "gpt-4.1                0   10.0M   $80.00   $70.00 (46.7 %)\n"
            "claude-sonnet-4.5      0   10.0M  $150.00                 -\n");
  EXPECT_EQ(compare({"--tokens", "4M", "--ratio", "1:3"}),
            "MODEL              INPUT  OUTPUT    COST            SAVED\n"
            "deepseek-v3.2       1.0M    3.0M   $1.36  $46.64 (97.2 %)\n"
            "gemini-2.5-flash    1.0M    3.0M   $7.85  $40.15 (83.6 %)\n"
            "gpt-4.1             1.0M    3.0M  $26.40  $21.60 (45.0 %)\n"
            "claude-sonnet-4.5   1.0M    3.0M  $48.00                -\n");
}

TEST_F(CostCompareTest, ARatioDividesTheTokens) {
  const Outcome outcome = Compare({"--tokens", "4M", "--ratio", "1:3"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("$1.36"), HasSubstr("$26.40")));
}

TEST_F(CostCompareTest, SpreadsheetsGetRows) {
  const Outcome outcome = Compare({"--tokens", "10M", "-o", "csv"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("group,requests,attempts,"));
  EXPECT_THAT(outcome.out, HasSubstr("\r\ngpt-4.1,0,0,0,0,0,0,0,10000000,"));
}

TEST_F(CostCompareTest, WrongValuesAreNamed) {
  Outcome outcome = Compare({"--tokens", "many"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--tokens: is not a number of tokens"));
  outcome = Compare({"--tokens", "1M", "--ratio", "3"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--ratio: is not input:output"));
}

TEST_F(CostCompareTest, ABadPriceListIsRefusedWithTheLine) {
  input_ = "prices:\n- {model: m, price: {input: -1}}\n";
  const Outcome outcome =
      WeirctlTest::Weirctl({"cost", "compare", "-f", "-", "--tokens", "1M"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err,
              HasSubstr("standard input:2: prices[0].price.input: is out of "
                        "range"));
}

TEST_F(CostCompareTest, AProviderInAListAloneNeedsNotBeThere) {
  input_ = "prices:\n- {provider: relay, model: m, price: {output: 1}}\n";
  const Outcome outcome =
      WeirctlTest::Weirctl({"cost", "compare", "-f", "-", "--tokens", "1M"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("relay/m"));
}

class CostTest : public ServedTest {
 protected:
  CostTest() {
    admin::CostRow& row = *admin_.cost_answer.add_rows();
    row.set_group("gpt-4.1");
    row.set_requests(12'000);
    row.set_attempts(12'500);
    row.set_failures(125);
    row.set_fresh_input(1'000'000);
    row.set_output(3'000'000);
    row.set_cost_usd(26.40);
    row.set_share(1);
    row.set_baseline_usd(48);
    row.set_average_latency_ms(250);
    row.set_p95_latency_ms(1200);
    *admin_.cost_answer.mutable_total() = row;
    admin_.cost_answer.set_baseline("claude");
  }
};

TEST_F(CostTest, AReportIsATable) {
  admin_.cost_answer.add_suggestions("move to deepseek");
  const Outcome outcome = Weirctl({"cost", "report"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(
      outcome.out,
      AllOf(StartsWith("MODEL "), HasSubstr("ON claude"), HasSubstr("12.0k"),
            HasSubstr("99.0 %"), HasSubstr("$26.40"),
            HasSubstr("$21.60 (45.0 %)"), HasSubstr("1.20 s"),
            EndsWith("\nCheaper: move to deepseek.\n"),
            Not(HasSubstr("unknown"))));
  ASSERT_THAT(admin_.cost_requests, SizeIs(1));
  EXPECT_EQ(admin_.cost_requests[0].group_by(), admin::COST_GROUP_MODEL);
  EXPECT_FALSE(admin_.cost_requests[0].has_since());
}

TEST_F(CostTest, WhatIsUnknownIsNotZero) {
  for (admin::CostRow* row : {admin_.cost_answer.mutable_rows(0),
                              admin_.cost_answer.mutable_total()}) {
    row->set_unpriced_attempts(7);
    row->set_cost_usd(0);
  }
  const Outcome outcome = Weirctl({"cost", "report"});
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr(" unknown "), Not(HasSubstr("$0.00 ")),
                    HasSubstr("Of 7 attempts the price is unknown")));
}

TEST_F(CostTest, TheFlagsAreTheRequest) {
  const Outcome outcome =
      Weirctl({"cost", "report", "--by", "team", "--since", "2026-03-01",
               "--until", "2026-03-02T12:00:00Z", "--baseline", "claude"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  ASSERT_THAT(admin_.cost_requests, SizeIs(1));
  const admin::GetCostReportRequest& request = admin_.cost_requests[0];
  EXPECT_EQ(request.group_by(), admin::COST_GROUP_TEAM);
  EXPECT_EQ(request.since().seconds(), 1'772'323'200);
  EXPECT_EQ(request.until().seconds(), 1'772'452'800);
  EXPECT_EQ(request.baseline(), "claude");
}

TEST_F(CostTest, WrongFlagsAreNamed) {
  Outcome outcome = Weirctl({"cost", "report", "--since", "yesterday"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--since: is not a point in time"));
  outcome = Weirctl({"cost", "report", "--by", "moon"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(admin_.cost_requests, IsEmpty());
}

TEST_F(CostTest, NothingUsedIsSaidSo) {
  admin_.cost_answer = {};
  EXPECT_THAT(Weirctl({"cost", "report"}).out, StartsWith("Nothing was used"));
}

TEST_F(CostTest, ProgramsGetTheMessage) {
  EXPECT_THAT(Weirctl({"cost", "report", "-o", "json"}).out,
              HasSubstr("\"cost_usd\": 26.4"));
  EXPECT_THAT(Weirctl({"cost", "report", "-o", "csv"}).out,
              HasSubstr("\r\ngpt-4.1,12000,12500,125,"));
}

TEST_F(CostTest, OnlyCostsAreRowsForASpreadsheet) {
  const Outcome outcome = Weirctl({"nodes", "-o", "csv"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("csv is for costs and load tests only"));
}

TEST_F(CostTest, TwoMonthsAreCompared) {
  admin_.resources.add_prices()->set_model("dear");
  admin_.resources.mutable_prices(0)->mutable_price()->set_output(8);
  admin_.resources.add_prices()->set_model("cheap");
  admin_.resources.mutable_prices(1)->mutable_price()->set_output(2);
  const std::string directory = ::testing::TempDir();
  const auto mix = [&](const std::string& model) {
    const std::string path = directory + "weir_roi_" + model + ".yaml";
    std::ofstream(path) << "requests: [{model: " << model
                        << ", requests_per_day: 1000, tokens_per_request: "
                           "1000, input_share: 0}]\n";
    return path;
  };
  const Outcome outcome =
      Weirctl({"cost", "roi", "--from", mix("dear"), "--to", mix("cheap")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              EndsWith("$240.00 a month become $60.00: $180.00 (75.0 %) "
                       "less.\n"));
  EXPECT_THAT(
      Weirctl({"cost", "roi", "--from", mix("cheap"), "--to", mix("dear")}).out,
      EndsWith("$60.00 a month become $240.00: $180.00 more (300.0 %).\n"));
}

}  // namespace
}  // namespace weir::cli
