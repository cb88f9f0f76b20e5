#include <map>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr int kMaxPriority = 1'000'000;
constexpr int kMaxStreak = 100;
constexpr int kMaxBreakerFailures = 1000;
constexpr double kMaxBudget = 1'000'000;

void CheckDialect(const std::string& path, v1::Dialect dialect, Judge& judge) {
  switch (dialect) {
    case v1::DIALECT_UNSPECIFIED:
    case v1::DIALECT_OPENAI:
    case v1::DIALECT_ANTHROPIC:
    case v1::DIALECT_GEMINI:
      return;
    default:
      break;
  }
  judge.Refuse(path + ".dialect",
               std::to_string(dialect) + " is not in this version",
               "use openai, anthropic or gemini");
}

void CheckHealthCheck(const std::string& path, const v1::HealthCheck& check,
                      Judge& judge) {
  if (!v1::ProbeKind_IsValid(check.kind())) {
    judge.Refuse(path + ".kind",
                 "is not known: " + std::to_string(check.kind()),
                 "write chat, models or tcp");
  }
  judge.CheckText(path + ".model", check.model());
  const bool asks_a_model = check.kind() == v1::PROBE_KIND_UNSPECIFIED ||
                            check.kind() == v1::PROBE_KIND_CHAT;
  if (!check.model().empty() && !asks_a_model) {
    judge.Warn(path + ".model", "has no effect: only kind chat asks a model",
               "write kind: chat, or remove it");
  }
  if (check.has_interval()) {
    judge.CheckDuration(path + ".interval", check.interval(),
                        absl::Milliseconds(100), absl::Hours(1));
  }
  if (check.has_timeout()) {
    judge.CheckDuration(path + ".timeout", check.timeout(),
                        absl::Milliseconds(10), absl::Minutes(5));
  }
  if (check.has_unhealthy_after()) {
    judge.CheckNumber(path + ".unhealthy_after", check.unhealthy_after(), 1,
                      kMaxStreak);
  }
  if (check.has_healthy_after()) {
    judge.CheckNumber(path + ".healthy_after", check.healthy_after(), 1,
                      kMaxStreak);
  }
  if (check.has_budget_usd()) {
    judge.CheckNumber(path + ".budget_usd", check.budget_usd(), 0, kMaxBudget);
  }
}

// Shorter kinds of requests are not waited for longer: two values that were
// exchanged, most likely.
void WarnOfOrder(const std::string& path, const v1::Timeouts& timeouts,
                 Judge& judge) {
  const auto warn = [&](const char* shorter, const char* longer) {
    judge.Warn(path + "." + shorter, std::string("is more than ") + longer,
               std::string("give ") + longer + " at least as much");
  };
  if (timeouts.has_fast() && timeouts.has_normal() &&
      ToDuration(timeouts.fast()) > ToDuration(timeouts.normal())) {
    warn("fast", "normal");
  }
  if (timeouts.has_normal() && timeouts.has_complex() &&
      ToDuration(timeouts.normal()) > ToDuration(timeouts.complex())) {
    warn("normal", "complex");
  }
}

void CheckTimeouts(const std::string& path, const v1::Timeouts& timeouts,
                   Judge& judge) {
  constexpr absl::Duration kMin = absl::Milliseconds(10);
  if (timeouts.has_connect()) {
    judge.CheckDuration(path + ".connect", timeouts.connect(), kMin,
                        absl::Minutes(1));
  }
  if (timeouts.has_fast()) {
    judge.CheckDuration(path + ".fast", timeouts.fast(), kMin, absl::Hours(1));
  }
  if (timeouts.has_normal()) {
    judge.CheckDuration(path + ".normal", timeouts.normal(), kMin,
                        absl::Hours(1));
  }
  if (timeouts.has_complex()) {
    judge.CheckDuration(path + ".complex", timeouts.complex(), kMin,
                        absl::Hours(1));
  }
  if (timeouts.has_stream_idle()) {
    judge.CheckDuration(path + ".stream_idle", timeouts.stream_idle(), kMin,
                        absl::Hours(1));
  }
  if (timeouts.has_total()) {
    judge.CheckDuration(path + ".total", timeouts.total(), absl::Seconds(1),
                        absl::Hours(24));
  }
  WarnOfOrder(path, timeouts, judge);
}

void CheckBreaker(const std::string& path, const v1::Breaker& breaker,
                  Judge& judge) {
  if (breaker.has_failures()) {
    judge.CheckNumber(path + ".failures", breaker.failures(), 1,
                      kMaxBreakerFailures);
  }
  if (breaker.has_recovery()) {
    judge.CheckDuration(path + ".recovery", breaker.recovery(),
                        absl::Milliseconds(100), absl::Hours(1));
  }
}

void CheckProvider(const std::string& path, const v1::Provider& provider,
                   Judge& judge) {
  CheckDialect(path, provider.dialect(), judge);
  ValidateConnection(path, provider, judge);
  judge.CheckText(path + ".region", provider.region());
  judge.CheckText(path + ".group", provider.group());
  judge.CheckNumber(path + ".priority", provider.priority(), -kMaxPriority,
                    kMaxPriority);
  CheckHealthCheck(path + ".health_check", provider.health_check(), judge);
  CheckTimeouts(path + ".timeouts", provider.timeouts(), judge);
  CheckBreaker(path + ".breaker", provider.breaker(), judge);
  judge.CheckMode(path + ".mode", provider.mode());
}

}  // namespace

void ValidateProviders(const v1::Resources& resources, Judge& judge) {
  std::map<std::string, std::string> seen;
  for (int i = 0; i < resources.providers_size(); ++i) {
    const std::string path = At("providers", i);
    judge.CheckUniqueName(path + ".name", resources.providers(i).name(), seen);
    CheckProvider(path, resources.providers(i), judge);
  }
}

void WarnOfUnusedProviders(const v1::Resources& resources, Judge& judge) {
  std::set<std::string> used;
  for (const v1::Model& model : resources.models()) {
    for (const v1::Target& target : model.targets()) {
      used.insert(target.provider());
    }
  }
  for (const v1::ClientKey& key : resources.client_keys()) {
    used.insert(key.providers().begin(), key.providers().end());
  }
  if (used.contains("*")) return;
  for (int i = 0; i < resources.providers_size(); ++i) {
    if (used.contains(resources.providers(i).name())) continue;
    judge.Warn(At("providers", i),
               Quote(resources.providers(i).name()) +
                   " is used by no model and no client key",
               "name it in a model's targets, or remove it");
  }
}

}  // namespace weir::config
