#include <limits>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::Policy& Policy(v1::Resources& resources) {
  return *resources.mutable_policy();
}

class ValidatePolicyTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidatePolicyTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Table, ValidatePolicyTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Edges",
         [](auto& r) {
           Policy(r).set_latency_scale(10'000);
           Policy(r).set_usable_score(0);
           Policy(r).set_error_rate_ceiling(1);
           Policy(r).set_panic_threshold(0);
           *Policy(r).mutable_weights_ttl() = FromDuration(absl::Seconds(1));
           *Policy(r).mutable_ramp() = FromDuration(absl::ZeroDuration());
           *Policy(r).mutable_latency_p95_ceiling() =
               FromDuration(absl::Milliseconds(1));
         }},
        {"LatencyScaleOfZero", [](auto& r) { Policy(r).set_latency_scale(0); },
         "policy.latency_scale: is out of range: 0; write a value above 0, "
         "10000 at most"},
        {"ErrorRate",
         [](auto& r) {
           Policy(r).set_error_rate_ceiling(
               std::numeric_limits<double>::quiet_NaN());
         },
         "policy.error_rate_ceiling: is out of range: .nan; write a value "
         "above 0, 1 at most"},
        {"UsableScore", [](auto& r) { Policy(r).set_usable_score(100.5); },
         "policy.usable_score: is out of range: 100.5; write a value from 0 to "
         "100"},
        {"PanicThreshold", [](auto& r) { Policy(r).set_panic_threshold(50); },
         "policy.panic_threshold: is out of range: 50; write a value from 0 to "
         "1"},
        {"Durations",
         [](auto& r) {
           *Policy(r).mutable_weights_ttl() = FromDuration(absl::Hours(25));
           *Policy(r).mutable_ramp() = FromDuration(absl::Hours(2));
           *Policy(r).mutable_latency_p95_ceiling() =
               FromDuration(absl::ZeroDuration());
         },
         "policy.weights_ttl: is out of range: 25h; write a value from 1s to "
         "24h\n"
         "policy.ramp: is out of range: 2h; write a value from 0 to 1h\n"
         "policy.latency_p95_ceiling: is out of range: 0; write a value from "
         "1ms to 1h"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
