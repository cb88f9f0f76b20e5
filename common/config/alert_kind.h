// What alerts are about. docs/operations.md says when each is raised.
#ifndef WEIR_COMMON_CONFIG_ALERT_KIND_H_
#define WEIR_COMMON_CONFIG_ALERT_KIND_H_

#include <array>
#include <string_view>

namespace weir::config {

namespace alert_kind {
inline constexpr std::string_view kAllDown = "all_down";
inline constexpr std::string_view kOneLeft = "one_left";
inline constexpr std::string_view kTargetDown = "target_down";
inline constexpr std::string_view kLatency = "latency";
inline constexpr std::string_view kPanic = "panic";
inline constexpr std::string_view kGroupSwitch = "group_switch";
inline constexpr std::string_view kBlindProber = "blind_prober";
inline constexpr std::string_view kCredentialRefused = "credential_refused";
inline constexpr std::string_view kProbeBudget = "probe_budget";
inline constexpr std::string_view kRateLimited = "rate_limited";
inline constexpr std::string_view kLedger = "ledger";
inline constexpr std::string_view kBudget = "budget";
inline constexpr std::string_view kMisreportedUsage = "misreported_usage";
inline constexpr std::string_view kRolloutHalted = "rollout_halted";
}  // namespace alert_kind

// All of them: what Webhook.alerts may name.
inline constexpr std::array<std::string_view, 14> kAlertKinds = {
    alert_kind::kAllDown,
    alert_kind::kOneLeft,
    alert_kind::kTargetDown,
    alert_kind::kLatency,
    alert_kind::kPanic,
    alert_kind::kGroupSwitch,
    alert_kind::kBlindProber,
    alert_kind::kCredentialRefused,
    alert_kind::kProbeBudget,
    alert_kind::kRateLimited,
    alert_kind::kLedger,
    alert_kind::kBudget,
    alert_kind::kMisreportedUsage,
    alert_kind::kRolloutHalted};

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_ALERT_KIND_H_
