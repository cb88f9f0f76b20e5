#include "cli/status_text.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace admin = ::weir::admin::v1;

constexpr int kNow = 1'700'000'000;

admin::Status SomeStatus() {
  admin::Status status;
  status.set_revision(3);
  status.set_nodes_connected(2);
  admin::ModelStatus& model = *status.add_models();
  model.set_model("gpt-4.1");
  model.set_usable(true);
  admin::TargetStatus& relay = *model.add_targets();
  relay.set_provider("relay");
  relay.set_upstream_model("gpt-4.1");
  relay.set_state(::weir::routing::v1::TARGET_STATE_HEALTHY);
  relay.set_score(92.6);
  relay.set_weight(1);
  relay.set_latency_ms(320);
  relay.set_latency_p95_ms(1250);
  relay.set_success_rate(0.995);
  admin::TargetStatus& direct = *model.add_targets();
  direct.set_provider("direct");
  direct.set_upstream_model("gpt");
  direct.set_state(::weir::routing::v1::TARGET_STATE_AUTO_DISABLED);
  direct.set_last_error("connection refused");
  direct.mutable_last_failure()->set_seconds(kNow - 12);
  return status;
}

std::string Show(const admin::Status& status) {
  return StatusText(status, absl::FromUnixSeconds(kNow), Paint::kPlain);
}

TEST(StatusTextTest, HasALineForEachTarget) {
  EXPECT_EQ(
      Show(SomeStatus()),
      "MODEL    PROVIDER  UPSTREAM  STATE          SCORE  WEIGHT  LATENCY     "
      "P95  SUCCESS  LAST ERROR\n"
      "gpt-4.1  relay     gpt-4.1   healthy           93   1.000   320 ms  "
      "1.25 s   99.5 %  -\n"
      "gpt-4.1  direct    gpt       auto_disabled      -   0.000        -      "
      " "
      "-        -  connection refused (12s ago)\n"
      "2 nodes connected, revision 3\n");
}

TEST(StatusTextTest, WhatIsUnknownIsNotZero) {
  admin::Status status = SomeStatus();
  EXPECT_THAT(Show(status), Not(HasSubstr("0 ms  0")));
  status.mutable_models(0)->mutable_targets(1)->set_latency_ms(0);
  EXPECT_THAT(Show(status), HasSubstr("0.0 ms"));
}

TEST(StatusTextTest, AModelWithoutAUsableTargetIsCalledOut) {
  admin::Status status = SomeStatus();
  EXPECT_THAT(Show(status), Not(HasSubstr("usable")));
  status.mutable_models(0)->set_usable(false);
  EXPECT_THAT(Show(status), HasSubstr("model gpt-4.1: no target is usable\n"));
  status.mutable_models(0)->set_panic(true);
  EXPECT_THAT(Show(status), HasSubstr("health is ignored\n"));
  status.mutable_models(0)->set_mode(config::v1::MODE_DISABLED);
  EXPECT_THAT(Show(status), HasSubstr("model gpt-4.1 is disabled\n"));
}

TEST(StatusTextTest, ProblemsOfTheControlPlaneAreShown) {
  admin::Status status = SomeStatus();
  status.add_problems("the store can't be written: disk full");
  EXPECT_THAT(Show(status), HasSubstr("problem: the store can't be written"));
}

TEST(StatusTextTest, OneNodeIsSingular) {
  admin::Status status;
  status.set_nodes_connected(1);
  EXPECT_THAT(Show(status), HasSubstr("1 node connected, revision 0\n"));
}

admin::Status WithCredentials() {
  admin::Status status = SomeStatus();
  admin::ProviderStatus& relay = *status.add_providers();
  relay.set_provider("relay");
  relay.set_probes_today(1200);
  relay.set_probe_cost_today_usd(0.0336);
  relay.set_probe_budget_usd(1);
  admin::CredentialStatus& primary = *relay.add_credentials();
  primary.set_reference("env:A");
  primary.set_state(admin::CREDENTIAL_STATE_REFUSED);
  primary.set_reason("HTTP 401");
  admin::CredentialStatus& backup = *relay.add_credentials();
  backup.set_reference("file:/b");
  backup.set_state(admin::CREDENTIAL_STATE_USABLE);
  backup.set_active(true);
  return status;
}

TEST(StatusTextTest, ARefusedCredentialIsSaidWithTheOneInItsPlace) {
  EXPECT_THAT(Show(WithCredentials()),
              HasSubstr("provider relay refuses env:A (HTTP 401); file:/b is "
                        "used\n"));
}

TEST(ProvidersTextTest, HasALineForEachCredential) {
  EXPECT_EQ(ProvidersText(WithCredentials(), Paint::kPlain),
            "PROVIDER  PROBES       COST  BUDGET  CREDENTIAL  STATE    USED  "
            "WHY\n"
            "relay       1200  $0.033600   $1.00  env:A       refused  -     "
            "HTTP 401\n"
            "relay       1200  $0.033600   $1.00  file:/b     usable   yes   "
            "-\n");
}

}  // namespace
}  // namespace weir::cli
